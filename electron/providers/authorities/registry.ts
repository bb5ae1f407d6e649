import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { AuthorityKind, Authority as AuthorityRow, AuthoritySettings } from '#shared/model/authority.ts';
import type { Http } from '../../net/http.ts';
import type { Http01Responder } from '../../net/http-01-responder.ts';
import { acme } from './acme/provider.ts';
import type { Authority, AuthorityProvider, AuthorityState, KeepsRoot } from './authority.ts';
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
  runScript(argv: [string, ...string[]], timeoutMs: number): Promise<ExecResult>;
  /** Sealed values and notes of one authority. */
  state(id: string): AuthorityState;
}

/** The adapter of a stored authority. */
function makeAuthority(row: AuthorityRow, tools: AuthorityTools): Authority & Partial<KeepsRoot> {
  const { id, settings } = row;
  const { state, log, ...shared } = tools;
  return providerOf(row.kind).make({ ...shared, id, settings, state: state(id), log: log.in(row.name) });
}

/** Stored authorities, made into adapters once and kept until `forget`. */
export class AuthorityRegistry {
  readonly #rows: { get(id: string): AuthorityRow | null };
  readonly #tools: AuthorityTools;
  readonly #made = new Map<string, Authority & Partial<KeepsRoot>>();

  constructor(rows: { get(id: string): AuthorityRow | null }, tools: AuthorityTools) {
    this.#rows = rows;
    this.#tools = tools;
  }

  /** Throws `authority.not-found`. */
  get(id: string): Authority & Partial<KeepsRoot> {
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const row = this.#rows.get(id);
    if (row === null)
      throw new Failure('authority.not-found', 'The authority of this order no longer exists.', {
        hint: 'Choose another authority and request the certificate again.',
      });
    const made = makeAuthority(row, this.#tools);
    this.#made.set(id, made);
    return made;
  }

  test(id: string): ReturnType<Authority['test']> {
    return this.get(id).test();
  }

  async root(id: string): Promise<{ pem: string; fingerprint: string }> {
    const authority = this.get(id);
    if (authority.root !== undefined) return authority.root();
    throw new Failure('authority.no-root', 'Only a local authority keeps a root of its own.', {
      hint: 'Ask the operator of the CA for its root certificate.',
    });
  }

  forget(id: string): void {
    this.#made.delete(id);
  }
}
