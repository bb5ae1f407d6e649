import { describe, expect, test } from 'vitest';
import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import { storeSecrets } from '../../../electron/providers/credential-stores/credential-store.ts';
import { makeDelineaSession } from '../../../electron/providers/credential-stores/delinea-secret-server/session.ts';
import { memoryStoreState } from '../../make/store-state.ts';
import { have } from '../../servers/available.ts';
import type { CannedAnswer } from '../../servers/secret-server-script.ts';
import {
  clock,
  failure,
  http,
  log,
  login,
  plain,
  prepareServer,
  server,
  settingsOf,
  start,
  store,
} from './delinea-server.ts';

prepareServer();

const minute = 60_000;

describe.skipIf(!have('openssl'))('the login', () => {
  test.each([
    ['a domain of the settings', { username: 'corp', domain: 'CORP' }],
    ['a domain before the name', { username: 'CORP\\corp' }],
    ['an address with more behind it', { url: '/api/v1/' }],
  ])('works with %s', async (_name, changes: Partial<DelineaSettings>) => {
    await start();
    const url = server.url + (changes.url ?? '');
    expect((await store({ ...changes, url }).read('12')).username).toBe('root');
  });

  test('is kept until a minute before its end, and made anew then', async () => {
    await start({ tokenSeconds: 300 });
    const reading = store();
    await reading.read('12');
    clock.jump(4 * minute - 50_000);
    await reading.read('12');
    expect(server.logins.good).toBe(1);
    clock.jump(51_000);
    await reading.read('12');
    expect(server.logins.good).toBe(2);
    clock.jump(6 * minute);
    await Promise.all([reading.read('12'), reading.read('13'), reading.read('14')]);
    expect(server.logins).toEqual({ good: 3, bad: 0 });
  });

  test.each([401, 403] as const)(
    'is made anew when a token is refused with %i, once',
    async (staleStatus) => {
      await start({ staleStatus });
      const reading = store();
      await reading.read('12');
      server.revokeTokens();
      await Promise.all([reading.read('12'), reading.read('14')]);
      expect(server.logins).toEqual({ good: 2, bad: 0 });
      const refusal = {
        at: '/secrets/12',
        status: 401,
        type: 'application/json',
        body: '{"message":"expired"}',
      };
      server.canned.push(refusal, refusal);
      expect((await failure(reading.read('12'))).code).toBe('credential-store.login-refused');
      expect(server.logins).toEqual({ good: 3, bad: 0 });
    },
  );

  test('that was dropped late, after a new one, leaves the new one alone', async () => {
    await start();
    const state = memoryStoreState({ [storeSecrets.password]: login });
    const session = makeDelineaSession({
      settings: settingsOf(),
      base: server.url,
      who: 'it',
      state,
      http,
      clock,
      log,
    });
    const old = await session.get();
    session.drop(old);
    const next = await session.get();
    session.drop(old);
    expect((await session.get()).token).toBe(next.token);
    expect(server.logins.good).toBe(2);
  });

  test('stops after two refusals, so that the account does not get locked, and tries again after a quarter of an hour', async () => {
    await start();
    const state = memoryStoreState({ [storeSecrets.password]: 'wrong S3cr3t' });
    const reading = store({}, state);
    const first = await failure(reading.read('12'));
    expect(first).toMatchObject({ code: 'credential-store.login-refused', retry: 'needs-person' });
    expect(first.peerSaid).toContain('Login failed.');
    await failure(reading.read('12'));
    const stopped = await failure(reading.read('12'));
    expect(stopped).toMatchObject({ code: 'credential-store.login-refused', retry: 'after' });
    expect(stopped.message).toContain('agent 2 times');
    expect(stopped.retryAt).toBeGreaterThan(clock.now() + 14 * minute);
    // a restart does not begin again at zero
    await failure(store({}, state).read('12'));
    expect((await store({}, state).verify()).checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
    expect(server.logins.bad).toBe(2);
    clock.jump(14 * minute);
    await failure(reading.read('12'));
    expect(server.logins.bad).toBe(2);
    // the account was given that password meanwhile
    server.users.agent = { password: 'wrong S3cr3t' };
    clock.jump(2 * minute);
    expect((await reading.read('12')).username).toBe('root');
    expect(state.secrets.has('login-refusals')).toBe(false);
  });

  test('tries a changed password at once', async () => {
    await start({ lockAfter: 4 });
    const state = memoryStoreState({ [storeSecrets.password]: 'wrong' });
    await failure(store({}, state).read('12'));
    await failure(store({}, state).read('12'));
    state.secrets.set(storeSecrets.password, login);
    expect((await store({}, state).read('12')).username).toBe('root');
    expect(server.logins).toEqual({ good: 1, bad: 2 });
  });

  test('refused ten times at once is one refused login', async () => {
    await start();
    const reading = store({}, memoryStoreState({ [storeSecrets.password]: 'wrong' }));
    await Promise.all(Array.from({ length: 10 }, () => failure(reading.read('12'))));
    expect(server.logins.bad).toBe(1);
  });

  test('that somebody gives up waiting for goes on for the others', async () => {
    await start();
    const reading = store();
    const giving = new AbortController();
    const given = reading.read('12', giving.signal);
    const other = reading.read('13');
    giving.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    expect((await other).username).toBe('svc');
    expect(server.logins.good).toBe(1);
    await expect(reading.read('12', AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  const json = (body: object) => ({ type: 'application/json', body: JSON.stringify(body) });
  test.each<[CannedAnswer, string, string]>([
    [
      { status: 200, body: '<html><title>Log in</title></html>' },
      'credential-store.unexpected-answer',
      'web page',
    ],
    [{ status: 404, body: '<html></html>' }, 'credential-store.unexpected-answer', '404'],
    [{ status: 200, ...json({ access_token: '' }) }, 'credential-store.unexpected-answer', 'no access_token'],
    [
      { status: 200, ...json({ access_token: 'x', token_type: 'mac' }) },
      'credential-store.unexpected-answer',
      'access',
    ],
    [{ status: 503, body: '' }, 'credential-store.unavailable', 'log anyone in'],
    [
      { status: 400, ...json({ error: 'Two Factor required' }) },
      'credential-store.login-refused',
      'refused the login',
    ],
    [
      { status: 400, ...json({ error: `no ${login} here` }) },
      'credential-store.login-refused',
      'refused the login',
    ],
  ])('answered with %j is %s', async (canned, code, words) => {
    await start();
    server.canned.push({ at: '/oauth2/token', ...canned });
    const thrown = await failure(store().read('12'));
    expect(thrown.code).toBe(code);
    expect(thrown.message).toContain(words);
    if (canned.body?.includes('Two Factor')) expect(thrown.hint).toContain('application account');
  });

  test('says when the password is not kept', async () => {
    await start();
    expect((await failure(store({}, memoryStoreState()).read('12'))).code).toBe(
      'credential-store.no-password',
    );
  });

  test('reaches the Secret Server behind a Delinea Platform', async () => {
    await start({ platform: true, path: '' });
    const reading = store({ comment: 'nightly' });
    server.secrets.push(plain(30, { demand: 'RequiresComment' }));
    expect((await reading.read('12')).username).toBe('root');
    expect((await reading.read('30')).username).toBe('root');
    expect(server.requests.slice(0, 6)).toEqual([
      'POST /oauth2/token',
      'GET /api/v1/healthcheck',
      'GET /health',
      'POST /identity/api/oauth2/token/xpmplatform',
      'GET /vaultbroker/api/vaults',
      'GET /vault/api/v1/secrets/12',
    ]);
    const report = await reading.verify();
    expect(report.checks.at(-1)?.sentence).toContain('to the Delinea Platform as agent');
  });

  test('refused by a Delinea Platform counts too', async () => {
    await start({ platform: true, path: '' });
    const reading = store({}, memoryStoreState({ [storeSecrets.password]: 'wrong' }));
    for (let tries = 0; tries < 4; tries++)
      expect((await failure(reading.read('12'))).code).toBe('credential-store.login-refused');
    expect(server.logins.bad).toBe(2);
  });
});
