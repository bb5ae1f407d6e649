import { describe, expect, test } from 'vitest';
import {
  both,
  bySecret,
  failureOf,
  fixture,
  hour,
  logins,
  minute,
  open,
  prepareVault,
  restart,
  role,
  rules,
  vault,
  withToken,
} from './hashicorp-vault.ts';

const renewals = () => vault.count('auth/token/renew-self');

describe('a hashicorp store at a Vault that does as told', () => {
  prepareVault();

  describe('its token', () => {
    test('is renewed at two thirds of its life and outlives it', async () => {
      const { store } = await withToken({ ttl: '1h' });
      await store.read('web1');
      await both(39 * minute);
      expect(renewals()).toBe(0);
      await both(2 * minute);
      expect(renewals()).toBe(1);
      await both(41 * minute);
      expect(renewals()).toBe(2);
      await both(30 * minute);
      expect((await store.read('web1')).username).toBe('root');
    });

    test('is not renewed when it cannot be, and its end is told', async () => {
      const { store } = await withToken({ ttl: '1h', renewable: false });
      await store.read('web1');
      await both(50 * minute);
      expect(renewals()).toBe(0);
      await both(11 * minute);
      const failure = await failureOf(store.read('web1'));
      expect(failure.code).toBe('credential-store.login-refused');
      expect(failure.message).toContain('It has expired, was revoked or has no uses left');
    });

    test('of the batch type is left alone', async () => {
      const { store } = await withToken({ ttl: '1h', type: 'batch' });
      await store.read('web1');
      await both(50 * minute);
      expect(renewals()).toBe(0);
    });

    test('at its longest life is not renewed for ever, and verify warns', async () => {
      const roleId = await role({ tokenTtl: '1h', tokenMaxTtl: '90m' });
      const secretId = await fixture.makeSecretId('approle', 'reader');
      const { store, lines } = open({
        secrets: { 'secret-id': secretId },
        settings: { auth: bySecret(roleId) },
      });
      await store.read('web1');
      await both(41 * minute);
      expect(renewals()).toBe(1);
      expect((await store.verify()).checks.at(-1)?.sentence).toContain(
        'cannot be renewed further. It ends at',
      );
      expect(lines.some((line) => line.includes('warn') && line.includes('cannot be renewed further'))).toBe(
        true,
      );
      await both(40 * minute);
      expect(renewals()).toBe(1);
      await both(10 * minute);
      await store.read('web1');
      expect(logins()).toBe(2);
    });

    test('is renewed later when the server was sealed at the time', async () => {
      const { store } = await withToken({ ttl: '1h' });
      await store.read('web1');
      vault.mode = 'sealed';
      await both(41 * minute);
      vault.mode = 'active';
      await both(8 * minute);
      expect(
        vault.calls.filter(({ path, status }) => path.endsWith('renew-self') && status === 200),
      ).toHaveLength(1);
    });

    test('is not renewed after the store was closed', async () => {
      const { store } = await withToken({ ttl: '1h' });
      await store.read('web1');
      await store.close();
      await both(50 * minute);
      expect(renewals()).toBe(0);
      expect((await failureOf(store.read('web1'))).code).toBe('credential-store.closed');
    });

    test('with counted uses is looked up once in its life, never renewed', async () => {
      const { store, state, token } = await withToken({ uses: 6 });
      await store.read('web1');
      await store.read('web1');
      expect(vault.calls.map(({ path }) => path)).toEqual([
        'auth/token/lookup-self',
        'sys/internal/ui/mounts/kv/web1',
        'kv/data/web1',
        'kv/data/web1',
      ]);
      await store.close();
      await open({ state }).store.read('web1');
      expect(vault.count('auth/token/lookup-self')).toBe(1);
      expect(JSON.stringify([...state.notes])).not.toContain(token);
    });

    test('of a store in use is kept alive before anybody reads, also when the server comes later', async () => {
      const token = await fixture.makeToken({ rules, ttl: '1h' });
      vault.mode = 'sealed';
      const { store } = open({ secrets: { token }, watch: true });
      await both(minute);
      vault.mode = 'active';
      await both(11 * minute);
      expect(vault.count('auth/token/lookup-self')).toBe(2);
      await both(11 * minute);
      expect(vault.count('auth/token/lookup-self')).toBe(2);
      await both(25 * minute);
      expect(renewals()).toBe(1);
      await store.close();
      const asked = vault.calls.length;
      await both(hour);
      expect(vault.calls.length).toBe(asked);
    });

    test('that is used up is said to be that', async () => {
      const { store } = await withToken({ uses: 3 });
      await store.read('web1');
      expect((await failureOf(store.read('web1'))).message).toContain('has no uses left');
    });

    test('that is given for another namespace is refused with that namespace in the sentence', async () => {
      const { token } = await withToken();
      const elsewhere = open({ secrets: { token }, settings: { namespace: '/team9/' } }).store;
      expect((await failureOf(elsewhere.read('web1'))).message).toContain('(namespace team9)');
    });

    test('that was replaced is taken up without being told', async () => {
      const { store, state, token } = await withToken();
      await store.read('web1');
      await fixture.revoke(token);
      state.secrets.set('token', `  ${await fixture.makeToken({ rules })}\n`);
      expect((await store.read('web1')).username).toBe('root');
    });

    test('that is missing or cannot be one is said before anything is sent', async () => {
      expect((await failureOf(open().store.read('web1'))).code).toBe('credential-store.no-secret');
      const failure = await failureOf(open({ secrets: { token: 'two words' } }).store.read('web1'));
      expect(failure.code).toBe('credential-store.bad-token');
      expect(failure.message).not.toContain('two words');
      expect(vault.calls).toEqual([]);
    });

    test('that has expired is told from a policy even by a server that says the same to both', async () => {
      await restart({ tellsInvalidTokens: false });
      const { store, state } = await withToken({ ttl: '1h', renewable: false });
      await store.read('web1');
      expect((await failureOf(store.read('x/y'))).code).toBe('credential.not-found');
      await both(2 * hour);
      const failure = await failureOf(store.read('web1'));
      expect(failure.code).toBe('credential-store.login-refused');
      await store.close();
      const later = open({ state }).store;
      expect((await later.verify()).checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
    });

    test('that not allowed to look itself up leaves both possible at such a server', async () => {
      await restart({ tellsInvalidTokens: false });
      const { store, token } = await withToken({ noDefaultPolicy: true });
      await store.read('web1');
      await fixture.revoke(token);
      const failure = await failureOf(store.read('web1'));
      expect(failure.code).toBe('credential.denied');
      expect(failure.message).toContain('or its token has expired');
    });
  });
});
