import { describe, expect, test } from 'vitest';
import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import { storeSecrets } from '../../../electron/providers/credential-stores/credential-store.ts';
import { memoryStoreState } from '../../make/store-state.ts';
import { have } from '../../servers/available.ts';
import type { CannedAnswer } from '../../servers/secret-server-script.ts';
import {
  failure,
  key,
  login,
  plain,
  prepareServer,
  secrets,
  server,
  start,
  store,
  value,
} from './delinea-server.ts';

prepareServer();

describe.skipIf(!have('openssl'))('a secret', () => {
  test('is read by its number, with one login for all reads', async () => {
    await start();
    const reading = store();
    const found = await Promise.all([reading.read('12'), reading.read('12'), reading.read('13')]);
    expect(found[0]).toMatchObject({
      username: 'root',
      domain: null,
      privateKey: null,
      changeInProcess: false,
    });
    expect(found[0].password?.text()).toBe(value);
    expect(found[0].about).toEqual(['secret "web 12" (Unix Account (SSH))']);
    expect(found[2]).toMatchObject({ username: 'svc', domain: 'CORP' });
    expect(found[2].about.join()).toContain('heartbeat failed');
    expect(server.logins).toEqual({ good: 1, bad: 0 });
    expect(server.requests.filter((line) => line === 'GET /api/v1/secrets/12')).toHaveLength(2);
  });

  test.each(['\\Servers\\web 12', '/Servers/web 12'])('is read by its path %s', async (id) => {
    await start();
    expect((await store().read(id)).username).toBe('root');
    expect(server.requests).toContain('GET /api/v1/secrets/0');
  });

  test('gives its private key out of a file, with the passphrase', async () => {
    await start();
    const found = await store().read('14');
    expect(found.privateKey?.text()).toBe(key);
    expect(found.passphrase?.text()).toBe('S3cr3t phrase');
    expect(found).toMatchObject({ username: 'deploy', password: null });
    expect(server.requests.filter((line) => line.includes('/fields/'))).toEqual([
      'GET /api/v1/secrets/14/fields/private-key',
    ]);
  });

  test('of a template nobody knows gives the field that is a password', async () => {
    await start();
    const found = await store().read('15');
    expect(found.username).toBe('u');
    expect(found.password?.text()).toBe(value);
  });

  test.each([
    ['16', 'credential.unusable', '"url"'],
    ['17', 'credential.deleted', 'deleted'],
    ['18', 'credential.denied', 'does not exist, or'],
    ['99', 'credential.denied', 'does not exist, or'],
    ['\\Nowhere\\web', 'credential.denied', 'does not exist, or'],
    ['web', 'credential.bad-id', 'neither a number nor a path'],
  ])('%s is %s', async (id, code, words) => {
    await start();
    const thrown = await failure(store().read(id));
    expect(thrown).toMatchObject({ code, retry: 'needs-person' });
    expect(thrown.message).toContain(words);
  });

  const json = (body: object) => ({ type: 'application/json', body: JSON.stringify(body) });
  test.each<[CannedAnswer, string, string]>([
    [{ status: 404, ...json({ message: 'Not found' }) }, 'credential.not-found', 'needs-person'],
    [{ status: 403, ...json({ message: 'Forbidden' }) }, 'credential.denied', 'needs-person'],
    [{ status: 500, ...json({ message: 'words of its own' }) }, 'credential-store.unavailable', 'later'],
    [{ status: 429, headers: { 'retry-after': '20' }, body: '' }, 'credential-store.unavailable', 'after'],
    [{ status: 503, body: '<html>maintenance</html>' }, 'credential-store.unavailable', 'later'],
    [
      { status: 200, body: '<html><title>Log in</title></html>' },
      'credential-store.unexpected-answer',
      'needs-person',
    ],
    [{ status: 200, ...json({ id: 'x' }) }, 'credential-store.unexpected-answer', 'needs-person'],
    [
      { status: 400, ...json({ message: 'words of its own' }) },
      'credential-store.unexpected-answer',
      'needs-person',
    ],
    [
      { status: 400, ...json({ message: 'Secret is checked out by eve' }) },
      'credential.checked-out',
      'later',
    ],
  ])('answered with %j is %s', async (canned, code, retry) => {
    await start();
    server.canned.push({ at: '/secrets/12', ...canned });
    const thrown = await failure(store().read('12'));
    expect(thrown).toMatchObject({ code, retry });
    if (canned.body?.includes('words of its own')) expect(thrown.peerSaid).toContain('words of its own');
  });
});

describe.skipIf(!have('openssl'))('a restricted secret', () => {
  const ways = ['codes', 'words', 'state'] as const;

  test.each(ways)('told by %s is opened with the comment of the store', async (toldBy) => {
    await start();
    server.secrets.push(plain(20, { demand: 'RequiresComment', toldBy }));
    const found = await store({ comment: 'nightly run' }).read('20');
    expect(found.password?.text()).toBe(value);
    expect(server.restricted).toEqual([
      { comment: 'nightly run', forceCheckIn: false, includeInactive: false, noAutoCheckout: false },
    ]);
  });

  test.each(ways)(
    'told by %s stays closed without a comment, with a sentence of what it demands',
    async (toldBy) => {
      await start();
      server.secrets.push(plain(20, { demand: 'RequiresComment', toldBy }));
      const thrown = await failure(store().read('20'));
      expect(thrown).toMatchObject({ code: 'credential.restricted', retry: 'needs-person' });
      expect(thrown.message).toContain('requires a comment');
      expect(server.restricted).toEqual([]);
    },
  );

  test.each(['RequiresCheckout', 'RequiresCheckoutAndComment'])(
    'with %s is checked out and stays so',
    async (demand) => {
      await start();
      server.secrets.push(plain(21, { demand, items: secrets()[2]?.items ?? [] }));
      const found = await store({ comment: 'nightly run' }).read('\\Servers\\web 21');
      expect(found.privateKey?.text()).toBe(key);
      expect(found.about.join()).toContain('checked out for another 30 minutes');
      expect(server.requests.filter((line) => line.includes('check-in'))).toEqual([]);
      expect(server.requests).toContain('POST /api/v1/secrets/21/restricted/fields/private-key');
    },
  );

  test('is not taken away from somebody who has it', async () => {
    await start();
    server.secrets.push(plain(22, { demand: 'RequiresCheckout', checkedOutBy: 'eve' }));
    const thrown = await failure(store({ comment: 'nightly run' }).read('22'));
    expect(thrown).toMatchObject({ code: 'credential.checked-out', retry: 'later' });
    expect(thrown.peerSaid).toContain('eve');
  });

  test.each([
    ['RequiresApproval', 'credential.restricted', 'to approve each access'],
    ['RequiresDoubleLockPassword', 'credential.restricted', 'DoubleLock'],
    ['DoubleLockNoAccess', 'credential.restricted', 'DoubleLock'],
    ['CannotView', 'credential.denied', 'not to view it'],
    ['RequiresUndelete', 'credential.deleted', 'deleted'],
    ['RequiresCheckoutPendingRPC', 'credential.change-in-process', 'password to be changed'],
  ])('with %s is %s, comment or not', async (demand, code, words) => {
    await start();
    server.secrets.push(plain(23, { demand }));
    for (const comment of [null, 'nightly run']) {
      const thrown = await failure(store({ comment }).read('23'));
      expect(thrown.code).toBe(code);
      expect(thrown.message).toContain(words);
    }
  });
});

describe.skipIf(!have('openssl'))('verifying', () => {
  const checks = async (changes: Partial<DelineaSettings>, password = login) => {
    const report = await store(changes, memoryStoreState({ [storeSecrets.password]: password })).verify();
    expect(report.ok).toBe(report.checks.every(({ ok }) => ok));
    expect(JSON.stringify(report)).not.toContain('S3cr3t');
    return report.checks;
  };

  test('goes step by step and ends with the read', async () => {
    await start();
    const found = await checks({ verify: '12' });
    expect(found.map(({ name }) => name)).toEqual(['resolve', 'connect', 'tls', 'log-in', 'read']);
    expect(found.at(-2)?.sentence).toBe('Logged in as agent; the token is valid for 20 minutes.');
    expect(found.at(-1)?.sentence).toBe('Read secret "12": a password for root.');
  });

  test('logs in anew, and reads go on meanwhile', async () => {
    await start();
    const reading = store();
    await reading.read('12');
    await Promise.all([reading.verify(), reading.read('13'), reading.read('12')]);
    expect(server.logins.good).toBe(2);
    await reading.close();
    await reading.close();
  });

  test.each([
    [{}, 'wrong', 'log-in', 'Login failed.'],
    [{ verify: '18' }, login, 'read', 'not allowed to view it'],
    [{ trustedRootsPem: null }, login, 'tls', 'not trust'],
  ])('stops at the first no: %j with %s', async (changes, password, name, words) => {
    await start();
    const last = (await checks(changes, password)).at(-1);
    expect(last).toMatchObject({ name, ok: false });
    expect(last?.sentence).toContain(words);
  });
});
