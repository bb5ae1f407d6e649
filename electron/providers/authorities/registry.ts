import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import type { Log } from '#kit/log.ts';
import { shellWord } from '#kit/shell-word.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import {
  type AuthorityKind,
  type Authority as AuthorityRow,
  type AuthoritySettings,
  authorityDefinition,
} from '#shared/model/authority.ts';
import type { Dns } from '../../net/dns.ts';
import type { Http } from '../../net/http.ts';
import type { Http01Responder } from '../../net/http-01-responder.ts';
import type { TlsAlpn01Responder } from '../../net/tls-alpn-01-responder.ts';
import { acme } from './acme/provider.ts';
import type {
  Authority,
  AuthorityAdapter,
  AuthorityProvider,
  AuthorityState,
  KeepsAccount,
  Revokes,
} from './authority.ts';
import { local } from './local/provider.ts';

type SettingsOf<K extends AuthorityKind> = Extract<AuthoritySettings, { kind: K }>;

/** The agent's side of every kind in the catalog. */
const providers: { [K in AuthorityKind]: AuthorityProvider<SettingsOf<K>> } = {
  local,
  acme,
};

function providerOf(kind: AuthorityKind): AuthorityProvider<AuthoritySettings> {
  return providers[kind];
}

export interface AuthorityTools {
  clock: Clock;
  log: Log;
  http(): Http;
  responder(): Http01Responder;
  alpnResponder(): TlsAlpn01Responder;
  dns(): Dns;
  runScript(argv: [string, ...string[]], timeoutMs: number): Promise<ExecResult>;
  /** Sealed values and notes of one authority. */
  state(id: string): AuthorityState;
}

/** The adapter of a stored authority. */
function makeAuthority(row: AuthorityRow, tools: AuthorityTools): AuthorityAdapter {
  return providerOf(row.kind).make(partsOf(row, tools));
}

function partsOf({ id, name, settings }: AuthorityRow, { state, log, ...shared }: AuthorityTools) {
  return { ...shared, id, settings, state: state(id), log: log.in(name) };
}

/** Stored authorities, made into adapters once and kept until `forget`. */
export class AuthorityRegistry {
  readonly #rows: { get(id: string): AuthorityRow | null };
  readonly #tools: AuthorityTools;
  readonly #made = new Map<string, AuthorityAdapter>();

  constructor(rows: { get(id: string): AuthorityRow | null }, tools: AuthorityTools) {
    this.#rows = rows;
    this.#tools = tools;
  }

  /** Throws `authority.not-found`. */
  get(id: string): AuthorityAdapter {
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const row = this.#mustHave(id);
    const made = makeAuthority(row, this.#tools);
    this.#made.set(id, made);
    return made;
  }

  #mustHave(id: string): AuthorityRow {
    const row = this.#rows.get(id);
    if (row === null)
      throw new Failure('authority.not-found', 'The authority of this order no longer exists.', {
        hint: 'Choose another authority and request the certificate again.',
      });
    return row;
  }

  /** A stored authority at the test directory of its CA. Throws `authority.no-test-directory`, `authority.not-found`. */
  atTestDirectory(id: string): { authority: Authority; host: string } {
    const row = this.#mustHave(id);
    const url = authorityDefinition(row).testDirectory(row.settings);
    const { makeAt } = providerOf(row.kind);
    if (url !== null && makeAt !== undefined)
      return { authority: makeAt(url, partsOf(row, this.#tools)), host: new URL(url).host };
    throw new Failure('authority.no-test-directory', `No test directory of "${row.name}" is known.`, {
      hint:
        makeAt === undefined
          ? 'A local authority asks for no proof of names, so there is nothing to rehearse. Print the plan instead: trustkeep certificates request NODE --dry-run'
          : `If its CA has one: trustkeep authorities update ${shellWord(row.name)} --test_directory_url URL`,
    });
  }

  test(id: string): ReturnType<AuthorityAdapter['test']> {
    return this.get(id).test();
  }

  async root(id: string): Promise<{ pem: string; fingerprint: string }> {
    const authority = this.get(id);
    if (authority.root !== undefined) return authority.root();
    throw new Failure('authority.no-root', 'Only a local authority keeps a root of its own.', {
      hint: 'Ask the operator of the CA for its root certificate.',
    });
  }

  /** What may be done with the account at the CA. */
  account(id: string): KeepsAccount['account'] {
    const { account } = this.get(id);
    if (account !== undefined) return account;
    throw new Failure('authority.no-account', 'A local authority has no account: it is kept by the agent.', {
      hint: 'Choose an ACME authority.',
    });
  }

  /** Rejects as `Revokes` does, and with `authority.no-revocation`. */
  async revoke(id: string, revocation: Parameters<Revokes['revoke']>[0]): ReturnType<Revokes['revoke']> {
    const authority = this.get(id);
    if (authority.revoke !== undefined) return authority.revoke(revocation);
    throw new Failure(
      'authority.no-revocation',
      'A local authority cannot revoke: it publishes no list of revoked certificates that a client could ask for.',
      {
        hint: 'Install another certificate in its place and delete the old private key. If that key is in the wrong hands, stop trusting the root of the authority.',
      },
    );
  }

  /** The settings have changed: what a CA must hear of that is sent now. Never rejects; it is sent at the next use else. */
  async takeUp(id: string): Promise<void> {
    try {
      await this.get(id).takeUp?.();
    } catch (thrown) {
      this.#tools.log.warn('the CA could not be told of changed settings', {
        id,
        because: asFailure(thrown).message,
      });
    }
  }

  forget(id: string): void {
    this.#made.delete(id);
  }
}
