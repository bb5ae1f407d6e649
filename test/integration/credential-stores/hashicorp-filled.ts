import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { hashicorpStore } from '#test/make/hashicorp.ts';
import { logInto } from '#test/make/log-lines.ts';
import { type Openbao, openbao, startOpenbao } from '#test/servers/openbao.ts';
import { fixtureOverApi, type VaultFixture } from '#test/servers/vault-fixture.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';
import { makeHttp } from '../../../electron/net/http.ts';

/**
 * Runs against the strict server always, against a real OpenBao where it could be fetched (`scripts/find-openbao.ts`), and
 * against a real server as well when there is one:
 * TRUSTKEEP_TEST_VAULT_ADDR, TRUSTKEEP_TEST_VAULT_TOKEN (may mount, write policies and make tokens), and
 * TRUSTKEEP_TEST_VAULT_CACERT (a file) or TRUSTKEEP_TEST_VAULT_NAMESPACE where they are needed.
 */
const real = process.env.TRUSTKEEP_TEST_VAULT_ADDR;
export const peers = [
  'the strict server',
  ...(openbao === null ? [] : ['a real OpenBao']),
  ...(real === undefined ? [] : ['the real server']),
];

export const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (thrown) => asFailure(thrown),
  );

interface Place {
  url: string;
  caPem: string | null;
  token: string;
  namespace?: string;
}

/** Two KV engines with all sorts of secrets in them, at one of the peers, and stores that are opened there. */
export class FilledVault {
  readonly prefix = `tk-${randomBytes(4).toString('hex')}`;
  readonly kv1 = `${this.prefix}-one`;
  readonly kv2 = `${this.prefix}-deep/er`;
  readonly approle = `${this.prefix}-approle`;
  readonly rules = { [`${this.kv1}/*`]: ['read'], [`${this.kv2}/data/app/*`]: ['read'] };
  readonly password = `pw-${randomBytes(12).toString('hex')}`;
  readonly fixture: VaultFixture;
  readonly #strict: VaultServer | null;
  readonly #server: { stop(): Promise<void> } | null;
  readonly #namespace: string | null;
  readonly #httpLines: string[] = [];
  readonly #http = makeHttp({ userAgent: 'test', clock: systemClock, log: logInto(this.#httpLines) });
  readonly #opened: ReturnType<typeof hashicorpStore>[] = [];
  readonly #given: string[] = [this.password];

  static async at(peer: string): Promise<FilledVault> {
    const strict = peer === 'the strict server' ? await startVault({ namespaces: ['team1/prod'] }) : null;
    const bao = peer === 'a real OpenBao' ? await startOpenbao() : null;
    const filled = new FilledVault(strict, bao);
    await filled.#fill();
    return filled;
  }

  private constructor(strict: VaultServer | null, bao: Openbao | null) {
    const place: Place = strict === null ? (bao ?? theReal()) : { ...strict, token: strict.rootToken };
    this.#strict = strict;
    this.#server = strict ?? bao;
    this.#namespace = place.namespace ?? null;
    this.fixture = fixtureOverApi({ ...place, prefix: this.prefix });
  }

  async #fill(): Promise<void> {
    const { fixture, kv1, kv2, password } = this;
    await fixture.mountKv(kv1, 1);
    await fixture.mountKv(kv2, 2);
    await fixture.mountOther(`${this.prefix}-transit`, 'transit');
    await fixture.put(kv1, 1, 'servers/web1', { username: 'root', password });
    await fixture.put(kv2, 2, 'app/web1', { username: 'old', password: 'old' });
    await fixture.put(kv2, 2, 'app/web1', { User: 'deploy', 'SSH-Key': pem('a'), Passphrase: password });
    await fixture.put(kv2, 2, 'app/with space/ü', { login: 'a', pass: password });
    await fixture.put(kv2, 2, 'app/other', { note: 'nothing useful', api: password });
    await fixture.put(kv2, 2, 'app/gone', { password });
    await fixture.deleteLatest(kv2, 'app/gone');
    await fixture.put(kv2, 2, 'app/burnt', { password });
    await fixture.destroy(kv2, 'app/burnt', 1);
    await fixture.put(kv2, 2, 'private/x', { password });
    await fixture.enableAppRole(this.approle);
  }

  open(options: Parameters<typeof hashicorpStore>[2] = {}) {
    const settings = { namespace: this.#namespace, authMount: this.approle, ...options.settings };
    const made = hashicorpStore(this.fixture, this.#http, { ...options, settings });
    this.#given.push(...made.state.secrets.values());
    this.#opened.push(made);
    return made;
  }

  /** A store with a token of its own. */
  async withToken(
    rootPath: string,
    request: Parameters<VaultFixture['makeToken']>[0] = { rules: this.rules },
  ) {
    const token = await this.fixture.makeToken(request);
    return { token, ...this.open({ secrets: { token }, settings: { rootPath } }) };
  }

  /** Closes what is open: no secret that a test planted stands in a line of a log, whatever it was about. */
  async expectNothingSaid(): Promise<void> {
    for (const { store } of this.#opened) await store.close();
    const lines = [...this.#httpLines, ...this.#opened.splice(0).flatMap((made) => made.lines)].join('\n');
    for (const secret of this.#given) expect(lines).not.toContain(secret);
    expect(this.#strict?.incidents ?? []).toEqual([]);
  }

  async stop(): Promise<void> {
    await this.fixture.cleanUp();
    await this.#http.close();
    await this.#server?.stop();
  }
}

function theReal(): Place {
  const ca = process.env.TRUSTKEEP_TEST_VAULT_CACERT;
  const inside = process.env.TRUSTKEEP_TEST_VAULT_NAMESPACE;
  return {
    url: (real ?? '').replace(/\/+$/, ''),
    caPem: ca === undefined ? null : readFileSync(ca, 'utf8'),
    token: process.env.TRUSTKEEP_TEST_VAULT_TOKEN ?? '',
    ...(inside === undefined ? {} : { namespace: inside }),
  };
}

/** A private key, as far as a store looks at it. */
export function pem(text: string): string {
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
