import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { tempDirectory } from '#test/make/directory.ts';
import { FilledVault, failureOf, peers } from './hashicorp-filled.ts';

describe.each(peers)('a hashicorp store at %s logs in with an AppRole', (peer) => {
  let vault: FilledVault;
  afterEach(() => vault.expectNothingSaid());
  afterAll(() => vault?.stop());
  let roleId = '';
  beforeAll(async () => {
    vault = await FilledVault.at(peer);
    ({ roleId } = await vault.fixture.makeRole(vault.approle, 'reader', {
      rules: vault.rules,
      tokenTtl: '20m',
    }));
  });
  const secretAuth = (wrapped: boolean) => ({ type: 'AppRoleSecret' as const, roleId, wrapped });

  test('by RoleID and SecretID', async () => {
    const secretId = await vault.fixture.makeSecretId(vault.approle, 'reader');
    const { store } = vault.open({
      secrets: { 'secret-id': `${secretId}\n` },
      settings: { auth: secretAuth(false), rootPath: vault.kv1, verify: 'servers/web1' },
    });
    expect((await store.read('servers/web1')).username).toBe('root');
    const report = await store.verify();
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ...['resolve', 'connect', ...(vault.fixture.url.startsWith('https') ? ['tls'] : [])].map((name) => [
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
    expect(JSON.stringify(report)).not.toContain(vault.password);
  });

  // hashicorp/vault#14390
  test('once, when the SecretID is good for no more', async () => {
    const { roleId: once } = await vault.fixture.makeRole(vault.approle, 'once', {
      rules: vault.rules,
      secretIdUses: 1,
    });
    const secretId = await vault.fixture.makeSecretId(vault.approle, 'once');
    const auth = { type: 'AppRoleSecret' as const, roleId: once, wrapped: false };
    const { store } = vault.open({
      secrets: { 'secret-id': secretId },
      settings: { auth, authMount: `auth/${vault.approle}`, rootPath: vault.kv1, verify: 'servers/web1' },
    });
    expect((await store.verify()).ok).toBe(true);
    expect((await store.verify()).ok).toBe(true);
    expect((await store.read('servers/web1')).username).toBe('root');
  });

  test('and says what the server says when the SecretID is wrong', async () => {
    const { store } = vault.open({
      secrets: { 'secret-id': 'wrong-secret-id' },
      settings: { auth: secretAuth(false), rootPath: vault.kv1 },
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
    const wrapping = await vault.fixture.makeWrappedSecretId(vault.approle, 'reader');
    const settings = { auth: secretAuth(true), rootPath: vault.kv1 };
    const { store, state } = vault.open({ secrets: { 'wrapping-token': wrapping }, settings });
    expect((await store.read('servers/web1')).username).toBe('root');
    expect([...state.secrets.keys()]).toEqual(['secret-id']);
    await store.close();
    expect((await vault.open({ state, settings }).store.read('servers/web1')).username).toBe('root');
  });

  test('and tells that somebody else has unwrapped it', async () => {
    const wrapping = await vault.fixture.makeWrappedSecretId(vault.approle, 'reader');
    const settings = { auth: secretAuth(true), rootPath: vault.kv1 };
    await vault.open({ secrets: { 'wrapping-token': wrapping }, settings }).store.read('servers/web1');
    const second = vault.open({ secrets: { 'wrapping-token': wrapping }, settings });
    const failure = await failureOf(second.store.read('servers/web1'));
    expect(failure.code).toBe('credential-store.wrapping-used');
    expect(failure.message).toContain('someone else may have read');
    expect((await failureOf(second.store.read('servers/web1'))).code).toBe('credential-store.wrapping-used');
  });

  test('and does not use a wrapping token that holds something else', async () => {
    const wrapping = await vault.fixture.wrapRead(`${vault.kv1}/servers/web1`);
    const { store } = vault.open({
      secrets: { 'wrapping-token': wrapping },
      settings: { auth: secretAuth(true), rootPath: vault.kv1 },
    });
    const failure = await failureOf(store.read('servers/web1'));
    expect(failure.code).toBe('credential-store.wrapping-foreign');
    expect(failure.message).toContain(`${vault.kv1}/servers/web1`);
  });

  test('from a file that is read again when it changes, wrapped or not', async () => {
    const directory = tempDirectory('vault-file');
    try {
      const secretFile = join(directory.path, 'secret-id');
      for (const wrapped of [false, true]) {
        const make = () =>
          wrapped
            ? vault.fixture.makeWrappedSecretId(vault.approle, 'reader')
            : vault.fixture.makeSecretId(vault.approle, 'reader');
        writeFileSync(secretFile, `${await make()}\n`, { mode: 0o600 });
        const settings = {
          auth: { type: 'AppRoleFile' as const, roleId, secretFile, wrapped },
          rootPath: vault.kv1,
        };
        const { store, state } = vault.open({ settings });
        expect((await store.read('servers/web1')).username).toBe('root');
        writeFileSync(secretFile, `${await make()}\n`);
        expect((await store.read('servers/web1')).username).toBe('root');
        await store.close();
        expect((await vault.open({ state, settings }).store.read('servers/web1')).username).toBe('root');
      }
    } finally {
      directory.remove();
    }
  });
});
