import { describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import {
  both,
  bySecret,
  failureOf,
  fixture,
  logins,
  minute,
  open,
  prepareVault,
  role,
  vault,
} from './hashicorp-vault.ts';

async function withRole(request: Parameters<typeof role>[0] = {}) {
  const roleId = await role(request);
  const secretId = await fixture.makeSecretId('approle', 'reader');
  vault.calls.length = 0;
  return { roleId, ...open({ secrets: { 'secret-id': secretId }, settings: { auth: bySecret(roleId) } }) };
}

describe('a hashicorp store at a Vault that does as told', () => {
  prepareVault();

  describe('an AppRole login', () => {
    test('is one for all who read at once, and is kept', async () => {
      const { store } = await withRole();
      await Promise.all([store.read('web1'), store.read('web1'), store.read('web1')]);
      await store.read('web1');
      expect(logins()).toBe(1);
    });

    test('is given back when the store is closed', async () => {
      const { store } = await withRole();
      await store.read('web1');
      await store.close();
      expect([...vault.state.tokens.values()].map(({ displayName }) => displayName)).toEqual(['root']);
    });

    test('lasts until the reads that were under way when the store was closed have ended', async () => {
      const { store } = await withRole();
      await store.read('web1');
      const reads = Promise.all([store.read('web1'), store.read('nobody').catch(asFailure)]);
      await store.close();
      expect(await reads).toMatchObject([{ username: 'root' }, { code: 'credential.not-found' }]);
      expect(vault.state.tokens.size).toBe(1);
    });

    test('is done anew when its token was revoked, once for all readers', async () => {
      const { store } = await withRole();
      await store.read('web1');
      for (const token of vault.state.tokens.values())
        if (token.displayName === 'approle') vault.state.tokens.delete(token.id);
      const read = await Promise.all([store.read('web1'), store.read('web1')]);
      expect(read.map(({ username }) => username)).toEqual(['root', 'root']);
      expect(logins()).toBe(2);
    });

    test('is not repeated for a secret that the policy forbids, until its policies may have changed', async () => {
      await fixture.mountKv('other', 2);
      await fixture.put('other', 2, 'web1', { password: 'x' });
      const { store, state, roleId } = await withRole();
      await store.close();
      const other = open({ state, settings: { auth: bySecret(roleId), rootPath: 'other' } }).store;
      for (const _ of [1, 2, 3]) expect((await failureOf(other.read('web1'))).code).toBe('credential.denied');
      expect(logins()).toBe(1);
      await fixture.makeRole('approle', 'reader', { rules: { 'other/*': ['read'] }, tokenTtl: '1h' });
      await both(11 * minute);
      await other.read('web1');
      expect(logins()).toBe(2);
    });

    test('that was refused waits before the next, unless a person asks or a new SecretID is given', async () => {
      const { store, state } = await withRole();
      const good = state.secrets.get('secret-id') ?? '';
      state.secrets.set('secret-id', 'wrong');
      for (const _ of [1, 2, 3])
        expect((await failureOf(store.read('web1'))).code).toBe('credential-store.login-refused');
      expect(logins()).toBe(1);
      await both(minute + 1000);
      await failureOf(store.read('web1'));
      await both(2 * minute);
      await failureOf(store.read('web1'));
      expect(logins()).toBe(2);
      expect((await store.verify()).ok).toBe(false);
      expect(logins()).toBe(3);
      state.secrets.set('secret-id', good);
      expect((await store.read('web1')).username).toBe('root');
    });

    test('at a mount that does not exist says so much as the server does', async () => {
      const { roleId, state } = await withRole();
      const { store } = open({ state, settings: { auth: bySecret(roleId), authMount: 'elsewhere' } });
      const failure = await failureOf(store.read('web1'));
      expect(failure.code).toBe('credential-store.login-refused');
      expect(failure.message).toContain('auth/elsewhere');
    });

    test('with a token for one call still reads', async () => {
      const { store } = await withRole({ tokenUses: 1 });
      expect((await store.read('web1')).username).toBe('root');
      expect((await store.read('web1')).username).toBe('root');
    });

    test('is not ended for others by a reader that gives up', async () => {
      const { store } = await withRole();
      const giveUp = new AbortController();
      const first = store.read('web1', giveUp.signal);
      const second = store.read('web1');
      giveUp.abort(new Error('given up'));
      await expect(first).rejects.toThrow('given up');
      expect((await second).username).toBe('root');
      expect(logins()).toBe(1);
    });
  });
});
