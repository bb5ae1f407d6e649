import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { hashicorpStore } from '#test/make/hashicorp.ts';
import { logInto } from '#test/make/log-lines.ts';
import { fixtureOverApi, type VaultFixture } from '#test/servers/vault-fixture.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';

/**
 * Runs against the strict server always, and against a real Vault or OpenBao as well when there is one:
 * TRUSTKEEP_TEST_VAULT_ADDR, TRUSTKEEP_TEST_VAULT_TOKEN (may mount, write policies and make tokens), and
 * TRUSTKEEP_TEST_VAULT_CACERT (a file) or TRUSTKEEP_TEST_VAULT_NAMESPACE where they are needed.
 */
const real = process.env.TRUSTKEEP_TEST_VAULT_ADDR;
const peers = real === undefined ? ['the strict server'] : ['the strict server', 'the real server'];

const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (thrown) => asFailure(thrown),
  );

describe.each(peers)('a hashicorp store at %s', (peer) => {
  let strict: VaultServer | null = null;
  let fixture: VaultFixture;
  let http: Http;
  let namespace: string | null = null;
  const prefix = `tk-${randomBytes(4).toString('hex')}`;
  const kv1 = `${prefix}-one`;
  const kv2 = `${prefix}-deep/er`;
  const approle = `${prefix}-approle`;
  const rules = { [`${kv1}/*`]: ['read'], [`${kv2}/data/app/*`]: ['read'] };
  const password = `pw-${randomBytes(12).toString('hex')}`;
  const httpLines: string[] = [];
  const opened: ReturnType<typeof hashicorpStore>[] = [];
  const given: string[] = [password];

  beforeAll(async () => {
    http = makeHttp({ userAgent: 'test', clock: systemClock, log: logInto(httpLines) });
    const server = peer === 'the strict server' ? await theStrict() : theReal();
    namespace = server.namespace ?? null;
    fixture = fixtureOverApi({ ...server, prefix });
    await fixture.mountKv(kv1, 1);
    await fixture.mountKv(kv2, 2);
    await fixture.mountOther(`${prefix}-transit`, 'transit');
    await fixture.put(kv1, 1, 'servers/web1', { username: 'root', password });
    await fixture.put(kv2, 2, 'app/web1', { username: 'old', password: 'old' });
    await fixture.put(kv2, 2, 'app/web1', { User: 'deploy', 'SSH-Key': `${pem('a')}`, Passphrase: password });
    await fixture.put(kv2, 2, 'app/with space/ü', { login: 'a', pass: password });
    await fixture.put(kv2, 2, 'app/other', { note: 'nothing useful', api: password });
    await fixture.put(kv2, 2, 'app/gone', { password });
    await fixture.deleteLatest(kv2, 'app/gone');
    await fixture.put(kv2, 2, 'app/burnt', { password });
    await fixture.destroy(kv2, 'app/burnt', 1);
    await fixture.put(kv2, 2, 'private/x', { password });
    await fixture.enableAppRole(approle);
  });

  async function theStrict() {
    strict = await startVault({ namespaces: ['team1/prod'] });
    return { url: strict.url, caPem: strict.caPem, token: strict.rootToken } as {
      url: string;
      caPem: string | null;
      token: string;
      namespace?: string;
    };
  }

  function theReal() {
    const ca = process.env.TRUSTKEEP_TEST_VAULT_CACERT;
    const inside = process.env.TRUSTKEEP_TEST_VAULT_NAMESPACE;
    return {
      url: (real ?? '').replace(/\/+$/, ''),
      caPem: ca === undefined ? null : readFileSync(ca, 'utf8'),
      token: process.env.TRUSTKEEP_TEST_VAULT_TOKEN ?? '',
      ...(inside === undefined ? {} : { namespace: inside }),
    };
  }

  function open(options: Parameters<typeof hashicorpStore>[2] = {}) {
    const settings = { namespace, authMount: approle, ...options.settings };
    const made = hashicorpStore(fixture, http, { ...options, settings });
    given.push(...made.keep.secrets.values());
    opened.push(made);
    return made;
  }

  async function withToken(rootPath: string, wish: Parameters<VaultFixture['makeToken']>[0] = { rules }) {
    const token = await fixture.makeToken(wish);
    return { token, ...open({ secrets: { token }, settings: { rootPath } }) };
  }

  /** No secret that a test planted stands in a line of a log, whatever it was about. */
  afterEach(async () => {
    for (const { store } of opened) await store.close();
    const lines = [...httpLines, ...opened.splice(0).flatMap((made) => made.lines)].join('\n');
    for (const secret of given) expect(lines).not.toContain(secret);
    expect(strict?.incidents ?? []).toEqual([]);
  });

  afterAll(async () => {
    await fixture.cleanUp();
    await http.close();
    await strict?.stop();
  });

  describe('reads the KV engine', () => {
    test('version 1, found by itself', async () => {
      const { store } = await withToken(`/${kv1}/servers/`);
      const read = await store.read('web1');
      expect(read).toMatchObject({ username: 'root', privateKey: null, changeInProcess: false });
      expect(read.password?.text()).toBe(password);
      expect(read.about).toEqual([`KV version 1 at ${kv1}`]);
    });

    test('version 2 at a mount with a slash, its newest version, field names in any dress', async () => {
      const { store } = await withToken(kv2);
      const read = await store.read('app/web1');
      expect(read.username).toBe('deploy');
      expect(read.privateKey?.text()).toBe(pem('a'));
      expect(read.passphrase?.text()).toBe(password);
      expect(read.about[0]).toBe(`KV version 2 at ${kv2}`);
      expect(read.about[1]).toMatch(/^version 2, written 20\d\d-/);
    });

    test('a root path that was copied from the API, and an id that was', async () => {
      const { store } = await withToken(`${kv2}/data/app`);
      expect((await store.read('web1')).username).toBe('deploy');
      const root = await withToken(kv2, { rules: { [`${kv2}/*`]: ['read'] } });
      expect((await root.store.read('data/app/web1')).username).toBe('deploy');
    });

    test('a path with spaces and letters beyond ASCII', async () => {
      const { store } = await withToken(`${kv2}/app`);
      expect((await store.read('with space/ü')).username).toBe('a');
    });

    test('without seeing the mount, once its root path ends it with /data', async () => {
      const { store } = await withToken(`${kv2}/data/app`, {
        rules: { [`${kv2}/data/app/*`]: ['read'] },
        noDefaultPolicy: true,
      });
      expect((await store.read('web1')).username).toBe('deploy');
    });
  });

  describe('says in one sentence', () => {
    test('that there is no such secret', async () => {
      const { store } = await withToken(kv2);
      const failure = await failureOf(store.read('app/nobody'));
      expect(failure.code).toBe('credential.not-found');
      expect(failure.message).toContain(`“${kv2}/app/nobody”`);
      const one = await withToken(kv1);
      expect((await failureOf(one.store.read('nobody'))).code).toBe('credential.not-found');
    });

    test('that a version was deleted, when, or destroyed', async () => {
      const { store } = await withToken(`${kv2}/app`);
      const gone = await failureOf(store.read('gone'));
      expect(gone.code).toBe('credential.deleted');
      expect(gone.message).toMatch(/^Version 1 of “.*app\/gone” in .* was deleted at 20\d\d-/);
      const burnt = await failureOf(store.read('burnt'));
      expect(burnt.code).toBe('credential.deleted');
      expect(burnt.message).toMatch(/was destroyed\.$/);
    });

    test('that the policy forbids it, and which path it has to allow', async () => {
      const { store } = await withToken(kv2);
      const failure = await failureOf(store.read('private/x'));
      expect(failure.code).toBe('credential.denied');
      expect(failure.hint).toContain(`${kv2}/data/private/x`);
    });

    test('that a mount may not exist or may not be seen: the server does not say which', async () => {
      const { store } = await withToken(`${prefix}-nowhere`);
      const failure = await failureOf(store.read('web1'));
      expect(failure.code).toBe('credential.denied');
      expect(failure.message).toMatch(
        /^Either this login is not allowed to read .*, or there is no such mount/,
      );
    });

    test('that a mount is of another engine', async () => {
      const { store } = await withToken(`${prefix}-transit`, {
        rules: { [`${prefix}-transit/*`]: ['read'] },
      });
      const failure = await failureOf(store.read('x'));
      expect(failure.code).toBe('credential-store.wrong-mount');
      expect(failure.message).toContain('transit');
    });

    test('that a secret has nothing to log in with, naming its fields and not what is in them', async () => {
      const { store } = await withToken(`${kv2}/app`);
      const failure = await failureOf(store.read('other'));
      expect(failure.code).toBe('credential.unusable');
      expect(failure.message).toMatch(/“note”, “api”|“api”, “note”/);
      expect(JSON.stringify(failure.toData())).not.toContain(password);
    });

    test('that the token was revoked', async () => {
      const { store, token } = await withToken(kv1);
      await store.read('servers/web1');
      await fixture.revoke(token);
      const failure = await failureOf(store.read('servers/web1'));
      expect(failure.code).toBe('credential-store.login-refused');
      expect(failure.message).toContain('It has expired, was revoked or has no uses left');
    });
  });

  describe('logs in with an AppRole', () => {
    let roleId = '';
    beforeAll(async () => {
      ({ roleId } = await fixture.makeRole(approle, 'reader', { rules, tokenTtl: '20m' }));
    });
    const secretAuth = (wrapped: boolean) => ({ type: 'AppRoleSecret' as const, roleId, wrapped });

    test('by RoleID and SecretID', async () => {
      const secretId = await fixture.makeSecretId(approle, 'reader');
      const { store } = open({
        secrets: { 'secret-id': `${secretId}\n` },
        settings: { auth: secretAuth(false), rootPath: kv1, verify: 'servers/web1' },
      });
      expect((await store.read('servers/web1')).username).toBe('root');
      const report = await store.verify();
      expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
        ...['resolve', 'connect', ...(fixture.url.startsWith('https') ? ['tls'] : [])].map((name) => [
          name,
          true,
        ]),
        ['log-in', true],
        ['read', true],
      ]);
      expect(report.checks.at(-2)?.sentence).toMatch(
        /^Logged in by AppRole at .*; the token is valid until .* UTC/,
      );
      expect(report.checks.at(-1)?.sentence).toContain('it has a user name and a password');
      expect(JSON.stringify(report)).not.toContain(password);
    });

    test('and says what the server says when the SecretID is wrong', async () => {
      const { store } = open({
        secrets: { 'secret-id': 'wrong-secret-id' },
        settings: { auth: secretAuth(false), rootPath: kv1 },
      });
      const failure = await failureOf(store.read('servers/web1'));
      expect(failure.code).toBe('credential-store.login-refused');
      expect(failure.peerSaid).toMatch(/invalid (role or )?secret.?id/i);
      expect(failure.toData().sentence).not.toContain('wrong-secret-id');
      const report = await store.verify();
      expect(report.ok).toBe(false);
      expect(report.checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
    });

    test('with a wrapped SecretID, unwrapped once and kept for the next start', async () => {
      const wrapping = await fixture.makeWrappedSecretId(approle, 'reader');
      const settings = { auth: secretAuth(true), rootPath: kv1 };
      const { store, keep } = open({ secrets: { 'wrapping-token': wrapping }, settings });
      expect((await store.read('servers/web1')).username).toBe('root');
      expect([...keep.secrets.keys()]).toEqual(['secret-id']);
      await store.close();
      expect((await open({ keep, settings }).store.read('servers/web1')).username).toBe('root');
    });

    test('and tells that somebody else has unwrapped it', async () => {
      const wrapping = await fixture.makeWrappedSecretId(approle, 'reader');
      const settings = { auth: secretAuth(true), rootPath: kv1 };
      await open({ secrets: { 'wrapping-token': wrapping }, settings }).store.read('servers/web1');
      const second = open({ secrets: { 'wrapping-token': wrapping }, settings });
      const failure = await failureOf(second.store.read('servers/web1'));
      expect(failure.code).toBe('credential-store.wrapping-used');
      expect(failure.message).toContain('someone else may have read');
      expect((await failureOf(second.store.read('servers/web1'))).code).toBe(
        'credential-store.wrapping-used',
      );
    });

    test('and does not use a wrapping token that holds something else', async () => {
      const wrapping = await fixture.wrapRead(`${kv1}/servers/web1`);
      const { store } = open({
        secrets: { 'wrapping-token': wrapping },
        settings: { auth: secretAuth(true), rootPath: kv1 },
      });
      const failure = await failureOf(store.read('servers/web1'));
      expect(failure.code).toBe('credential-store.wrapping-foreign');
      expect(failure.message).toContain(`${kv1}/servers/web1`);
    });

    test('from a file that is read again when it changes, wrapped or not', async () => {
      const directory = tempDirectory('vault-file');
      try {
        const secretFile = join(directory.path, 'secret-id');
        for (const wrapped of [false, true]) {
          const make = () =>
            wrapped
              ? fixture.makeWrappedSecretId(approle, 'reader')
              : fixture.makeSecretId(approle, 'reader');
          writeFileSync(secretFile, `${await make()}\n`, { mode: 0o600 });
          const settings = {
            auth: { type: 'AppRoleFile' as const, roleId, secretFile, wrapped },
            rootPath: kv1,
          };
          const { store, keep } = open({ settings });
          expect((await store.read('servers/web1')).username).toBe('root');
          writeFileSync(secretFile, `${await make()}\n`);
          expect((await store.read('servers/web1')).username).toBe('root');
          await store.close();
          expect((await open({ keep, settings }).store.read('servers/web1')).username).toBe('root');
        }
      } finally {
        directory.remove();
      }
    });
  });

  test('verify proves a token, and its report says what is read without a secret in it', async () => {
    const token = await fixture.makeToken({ rules });
    const { store } = open({ secrets: { token }, settings: { rootPath: kv2, verify: 'app/web1' } });
    const report = await store.verify();
    expect(report.ok).toBe(true);
    expect(report.checks.at(-1)?.sentence).toMatch(
      /^Read “app\/web1” \(KV version 2 at .*, version 2, written /,
    );
    expect(JSON.stringify(report)).not.toContain(token);
  });

  test('a token without the default policy reads, and verify warns that it is not renewed', async () => {
    const token = await fixture.makeToken({ rules, noDefaultPolicy: true });
    const { store } = open({ secrets: { token }, settings: { rootPath: kv1, verify: 'servers/web1' } });
    const report = await store.verify();
    expect(report.ok).toBe(true);
    expect(report.checks.at(-2)?.sentence).toContain('not allowed to look itself up');
  });

  test('a token for three calls is not wasted: one to look it up, one for the mount, one to read', async () => {
    const { store } = await withToken(kv1, { rules, uses: 3 });
    expect((await store.read('servers/web1')).username).toBe('root');
    const failure = await failureOf(store.read('servers/web1'));
    expect(['credential-store.login-refused', 'credential.denied']).toContain(failure.code);
  });
});

function pem(text: string): string {
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
