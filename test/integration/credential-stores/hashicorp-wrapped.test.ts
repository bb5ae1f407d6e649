import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { memoryStoreState } from '#test/make/store-state.ts';
import { fixtureOverApi } from '#test/servers/vault-fixture.ts';
import {
  both,
  bySecret,
  directory,
  failureOf,
  fixture,
  hour,
  logins,
  minute,
  open,
  prepareVault,
  restart,
  role,
  vault,
} from './hashicorp-vault.ts';

const secretFile = join(directory.path, 'secret-id');
const byFile = (roleId: string, wrapped = false) => ({
  type: 'AppRoleFile' as const,
  roleId,
  secretFile,
  wrapped,
});

describe('a hashicorp store at a Vault that does as told', () => {
  prepareVault();

  describe('a wrapped SecretID', () => {
    async function wrapped(request: Parameters<typeof role>[0] = {}) {
      const roleId = await role(request);
      const wrapping = await fixture.makeWrappedSecretId('approle', 'reader');
      vault.calls.length = 0;
      const settings = { auth: bySecret(roleId, true) };
      return { roleId, wrapping, settings, ...open({ secrets: { 'wrapping-token': wrapping }, settings }) };
    }

    test('is sealed before the login, so that a refused login and a restart lose nothing', async () => {
      const { store, state, settings } = await wrapped({ secretIdUses: 1 });
      vault.interfere = (_, path) =>
        path === 'auth/approle/login' ? { status: 503, body: '{"errors":["Vault is sealed"]}' } : null;
      expect((await failureOf(store.read('web1'))).code).toBe('credential-store.sealed');
      expect([...state.secrets.keys()]).toEqual(['secret-id']);
      vault.interfere = () => null;
      await store.close();
      expect((await open({ state, settings }).store.read('web1')).username).toBe('root');
      expect(vault.count('sys/wrapping/unwrap')).toBe(1);
    });

    test('whose answer was lost on the way is not called stolen without doubt', async () => {
      const { store } = await wrapped();
      vault.interfere = (_, path) => (path === 'sys/wrapping/unwrap' ? 'lose-the-answer' : null);
      expect((await failureOf(store.read('web1'))).code).toBe('net.lost');
      vault.interfere = () => null;
      const failure = await failureOf(store.read('web1'));
      expect(failure.code).toBe('credential-store.wrapping-used');
      expect(failure.message).toContain('an earlier attempt of Trustkeep was interrupted');
    });

    test('that was sealed before the agent was killed is used, though its wrapping token is still there', async () => {
      const { store, state, settings, wrapping } = await wrapped();
      await store.read('web1');
      await store.close();
      state.secrets.set('wrapping-token', wrapping);
      const [mark] = [...state.notes.values()].map((text) => JSON.parse(text)[0][0] as string);
      state.notes.set('wrapping-tokens', JSON.stringify([[mark, 'begun']]));
      expect((await open({ state, settings }).store.read('web1')).username).toBe('root');
      expect([...state.secrets.keys()]).toEqual(['secret-id']);
      expect(vault.count('sys/wrapping/unwrap')).toBe(1);
    });

    test('that cannot be sealed now is used from memory and sealed at the next chance', async () => {
      const roleId = await role();
      const state = memoryStoreState({
        'wrapping-token': await fixture.makeWrappedSecretId('approle', 'reader'),
      });
      const { keepSecret } = state;
      state.keepSecret = () => {
        throw new Failure('keychain.locked', 'The keychain is locked.');
      };
      const { store } = open({ state, settings: { auth: bySecret(roleId, true) } });
      expect((await store.read('web1')).username).toBe('root');
      state.keepSecret = keepSecret;
      vault.advance(2 * hour);
      await store.read('web1');
      expect([...state.secrets.keys()]).toEqual(['secret-id']);
    });

    test('of a new wrapping token that somebody else used leaves the one from before, with a warning', async () => {
      const { store, state } = await wrapped();
      await store.read('web1');
      state.secrets.set('wrapping-token', 'hvs.used-by-somebody-else');
      expect((await store.read('web1')).username).toBe('root');
      expect((await store.verify()).checks.at(-1)?.sentence).toContain('possibly by someone else');
      expect(vault.count('sys/wrapping/lookup')).toBe(2);
    });

    test('of a wrapping token that was refused is asked for once, also after a restart', async () => {
      const state = memoryStoreState({ 'wrapping-token': 'hvs.used-by-somebody-else' });
      const settings = { auth: bySecret(await role(), true) };
      const asked = () => vault.count('sys/wrapping/lookup') + vault.count('sys/wrapping/unwrap');
      const first = open({ state, settings }).store;
      const { code } = await failureOf(first.read('web1'));
      expect(asked()).toBe(1);
      expect((await failureOf(first.read('web1'))).code).toBe(code);
      await first.close();
      expect((await failureOf(open({ state, settings }).store.read('web1'))).code).toBe(code);
      expect(asked()).toBe(1);
    });

    test('is told from a plain one that was said to be wrapped, and the other way round', async () => {
      const roleId = await role();
      const plain = await fixture.makeSecretId('approle', 'reader');
      const asWrapped = open({
        secrets: { 'wrapping-token': plain },
        settings: { auth: bySecret(roleId, true) },
      });
      const none = await failureOf(asWrapped.store.read('web1'));
      expect(none.message).toContain('looks like a SecretID');
      expect(none.hint).toContain('appwrapped No');
      const wrapping = await fixture.makeWrappedSecretId('approle', 'reader');
      const asPlain = open({ secrets: { 'secret-id': wrapping }, settings: { auth: bySecret(roleId) } });
      const token = await failureOf(asPlain.store.read('web1'));
      expect(token.hint).toContain('appwrapped Yes');
      const right = open({
        secrets: { 'wrapping-token': wrapping },
        settings: { auth: bySecret(roleId, true) },
      });
      expect((await right.store.read('web1')).username).toBe('root');
      const wrong = open({
        secrets: { 'secret-id': 'of some other kind' },
        settings: { auth: bySecret(roleId) },
      });
      expect((await failureOf(wrong.store.read('web1'))).hint).not.toContain('appwrapped');
    });

    test('of a store in use is unwrapped before anybody reads and before its wrapping token has ended', async () => {
      const { roleId, state } = await wrapped();
      open({ state, settings: { auth: bySecret(roleId, true) }, watch: true });
      await both(minute);
      expect([...state.secrets.keys()]).toEqual(['secret-id']);
      const later = open({ state, settings: { auth: bySecret(roleId, true) }, watch: true });
      await both(minute);
      expect(logins()).toBe(1); // nothing to lose: no use of the SecretID is spent
      expect((await later.store.read('web1')).username).toBe('root');
    });

    test('in a namespace goes the whole way in it', async () => {
      await restart({ namespaces: ['team1/prod'] });
      const inside = fixtureOverApi({
        ...vault,
        token: vault.rootToken,
        prefix: 'inside',
        namespace: 'team1/prod',
      });
      await inside.mountKv('secrets', 2);
      await inside.put('secrets', 2, 'web1', { username: 'inside', password: 'x' });
      await inside.enableAppRole('approle');
      const { roleId } = await inside.makeRole('approle', 'reader', { rules: { 'secrets/*': ['read'] } });
      const wrapping = await inside.makeWrappedSecretId('approle', 'reader');
      vault.calls.length = 0;
      const { store } = open({
        secrets: { 'wrapping-token': wrapping },
        settings: { auth: bySecret(roleId, true), rootPath: 'secrets', namespace: '/team1/prod/' },
      });
      expect((await store.read('web1')).username).toBe('inside');
      expect(vault.calls.length).toBe(5);
      expect(new Set(vault.calls.map(({ namespace }) => namespace))).toEqual(new Set(['team1/prod/']));
    });
  });

  describe('a secret file', () => {
    test('that cannot be used says how', async () => {
      const settings = { auth: byFile('role') };
      const said = async (code = 'credential-store.secret-file') => {
        const failure = await failureOf(open({ settings }).store.read('web1'));
        expect(failure.code).toBe(code);
        return failure.message;
      };
      expect(await said()).toMatch(/does not exist/);
      writeFileSync(secretFile, '\n');
      expect(await said()).toMatch(/is empty/);
      writeFileSync(secretFile, 'x'.repeat(20_000));
      expect(await said()).toMatch(/too large/);
      writeFileSync(secretFile, 'two lines\nof text');
      expect(await said()).toMatch(/does not contain exactly one SecretID/);
      const failure = await failureOf(
        open({ settings: { auth: { ...byFile('role'), secretFile: directory.path } } }).store.read('web1'),
      );
      expect(failure.message).toMatch(/not a regular file/);
      expect(vault.calls).toEqual([]);
    });

    test('that was rewritten before its token ended is unwrapped at the next use, and each token once', async () => {
      const roleId = await role({ secretIdUses: 1 });
      const wrap = async () =>
        writeFileSync(secretFile, `${await fixture.makeWrappedSecretId('approle', 'reader')}\n`);
      await wrap();
      const { store, state } = open({ settings: { auth: byFile(roleId, true) } });
      await store.read('web1');
      await wrap();
      await store.read('web1');
      await store.read('web1');
      expect(vault.count('sys/wrapping/unwrap')).toBe(2);
      expect(logins()).toBe(2);
      await store.close();
      const later = open({ state, settings: { auth: byFile(roleId, true) } }).store;
      expect((await failureOf(later.read('web1'))).code).toBe('credential-store.login-refused'); // its one use is spent
      await wrap();
      expect((await later.read('web1')).username).toBe('root');
      expect(vault.count('sys/wrapping/unwrap')).toBe(3);
    });

    test('that still holds a wrapping token opened before a restart leads nobody to ask for it again', async () => {
      const roleId = await role();
      writeFileSync(secretFile, await fixture.makeWrappedSecretId('approle', 'reader'));
      const { store, state } = open({ settings: { auth: byFile(roleId, true) } });
      await store.read('web1');
      await store.close();
      vault.calls.length = 0;
      const later = open({ state, settings: { auth: byFile(roleId, true) } }).store;
      expect((await later.read('web1')).username).toBe('root');
      expect((await later.verify()).checks.at(-1)?.sentence).not.toContain('somebody else');
      expect(vault.count('sys/wrapping/lookup') + vault.count('sys/wrapping/unwrap')).toBe(0);
    });

    test('that was rewritten while the server was away is unwrapped when it is back', async () => {
      const roleId = await role();
      writeFileSync(secretFile, await fixture.makeWrappedSecretId('approle', 'reader'));
      const { store } = open({ settings: { auth: byFile(roleId, true) } });
      await store.read('web1');
      writeFileSync(secretFile, await fixture.makeWrappedSecretId('approle', 'reader'));
      vault.interfere = (_, path) => (path.startsWith('sys/wrapping') ? { status: 502 } : null);
      expect((await store.read('web1')).username).toBe('root');
      vault.interfere = () => null;
      await store.read('web1');
      expect(vault.count('sys/wrapping/unwrap')).toBe(1 + 1);
    });
  });
});
