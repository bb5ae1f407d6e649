import { describe, expect, test } from 'vitest';
import {
  both,
  failureOf,
  fixture,
  hour,
  minute,
  open,
  prepareVault,
  restart,
  vault,
  withToken,
} from './hashicorp-vault.ts';

const renewals = () => vault.count('auth/token/renew-self');

describe('the token of a hashicorp store', () => {
  prepareVault();

  // one shorter renewal has other causes than the longest life: hashicorp/vault#10918, spring-projects/spring-vault#663
  test.each([30, 10, 120])('that is periodic outlives a period changed to %i minutes', async (minutes) => {
    const { store, token } = await withToken({ period: '60m' });
    await store.read('web1');
    await both(39 * minute);
    const known = vault.state.tokens.get(token);
    if (known !== undefined) known.period = minutes * 60;
    for (let passed = 0; passed < 180; passed += 3) await both(3 * minute);
    expect((await store.read('web1')).username).toBe('root');
    expect((await store.verify()).checks.at(-1)?.sentence).not.toContain('cannot be renewed');
  });

  test('at its longest life is not renewed for ever by a server that does not say why it gives less', async () => {
    const { store } = await withToken({ ttl: '1h' });
    const [known] = [...vault.state.tokens.values()].filter(({ displayName }) => displayName === 'token-x');
    if (known !== undefined) known.maxTtl = 90 * 60;
    vault.withoutWarnings = true;
    await store.read('web1');
    for (let passed = 0; passed < 87; passed += 3) await both(3 * minute);
    expect(renewals()).toBe(3);
    expect((await store.verify()).checks.at(-1)?.sentence).toContain('cannot be renewed further. It ends at');
  });

  test('that may not be renewed yet is tried again, and not once it is known to be gone', async () => {
    await restart({ tellsInvalidTokens: false });
    const { store, token } = await withToken({ ttl: '1h' });
    await store.read('web1');
    let forbidden = true;
    vault.interfere = (_, path) =>
      forbidden && path === 'auth/token/renew-self'
        ? {
            status: 403,
            body: JSON.stringify({ errors: ['1 error occurred:\n\t* permission denied\n\n'] }),
          }
        : null;
    await both(41 * minute);
    forbidden = false;
    await both(8 * minute);
    expect(renewals()).toBe(2);
    await fixture.revoke(token);
    await both(41 * minute);
    expect(renewals()).toBe(3);
    await both(2 * hour);
    expect(renewals()).toBe(3);
  });

  // a server that has only two bare words for a token that it does not know: hashicorp/vault#2159, hashicorp/vault#662
  test.each(['anything', 's.AAAAAAAAAAAAAAAAAAAAAAAA', 'hvs.CAESIFabcdefghij'])(
    'that no server knows (%s) is not said to be logged in with',
    async (token) => {
      await restart({ tellsInvalidTokens: false });
      for (const verify of [null, 'web1']) {
        const { store } = open({ secrets: { token }, settings: { verify } });
        const last = (await store.verify()).checks.at(-1);
        expect(last).toMatchObject({ name: 'log-in', ok: false });
        expect(last?.sentence).toContain('did not confirm it');
        expect((await failureOf(store.read('web1'))).code).toBe('credential-store.login-refused');
      }
    },
  );

  // and one that it knows and that may only read: ansible-collections/community.hashi_vault#24
  test('that may not look itself up is known by what the server says, or by what it reads', async () => {
    await restart({ tellsInvalidTokens: false });
    const { store, token } = await withToken({ noDefaultPolicy: true });
    expect((await store.verify()).ok).toBe(true);
    vault.interfere = (_, path) =>
      path === 'auth/token/lookup-self' ? { status: 403, body: '{"errors":["permission denied"]}' } : null;
    const doubted = open({ secrets: { token } }).store;
    expect((await doubted.verify()).checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
    for (const verify of ['web1', 'nobody']) {
      const proved = open({ secrets: { token }, settings: { verify } }).store;
      expect((await proved.verify()).checks.map(({ name, ok }) => [name, ok]).slice(-2)).toEqual([
        ['log-in', true],
        ['read', verify === 'web1'],
      ]);
    }
    expect((await doubted.read('web1')).username).toBe('root');
    expect((await doubted.verify()).checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
  });
});
