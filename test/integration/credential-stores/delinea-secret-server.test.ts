import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import { Failure } from '#shared/failure.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { storeSecrets } from '../../../electron/providers/credential-stores/credential-store.ts';
import { DelineaStore } from '../../../electron/providers/credential-stores/delinea-secret-server/delinea-secret-server.ts';
import { makeSession } from '../../../electron/providers/credential-stores/delinea-secret-server/session.ts';
import { JumpingClock } from '../../make/clock.ts';
import { memoryStoreKeep } from '../../make/store-keep.ts';
import { have } from '../../servers/available.ts';
import type {
  CannedAnswer,
  SecretServerOptions,
  SecretServerStrict,
  StrictSecret,
} from '../../servers/secret-server-script.ts';
import { startSecretServerStrict } from '../../servers/secret-server-strict.ts';
import { makeTlsMaterial, type TlsMaterial } from '../../servers/tls-material.ts';

const minute = 60_000;
const lines: string[] = [];
const log = makeLog(
  (line) => lines.push(line),
  'debug',
  () => systemClock.now(),
);
const http = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log });

const login = 'l0gin S3cr3t +&=%ö';
const value = 'S3cr3t of root';
const key = '-----BEGIN RSA PRIVATE KEY-----\nS3cr3t\n-----END RSA PRIVATE KEY-----\n';
const plain = (id: number, more: Partial<StrictSecret> = {}): StrictSecret => ({
  id,
  path: `\\Servers\\web ${id}`,
  items: [
    { slug: 'machine', value: 'web1' },
    { slug: 'username', value: 'root' },
    { slug: 'password', value, isPassword: true },
    { slug: 'notes', value: '' },
  ],
  ...more,
});
const secrets = (): StrictSecret[] => [
  plain(12),
  plain(13, {
    template: 'Active Directory Account',
    items: [
      { slug: 'domain', value: 'CORP' },
      { slug: 'username', value: 'svc' },
      { slug: 'password', value, isPassword: true },
    ],
    heartBeat: 'Failed',
  }),
  plain(14, {
    items: [
      { slug: 'username', value: 'deploy' },
      { slug: 'password', value: '', isPassword: true },
      { slug: 'public-key', value: 'ssh-rsa AAAA', isFile: true },
      { slug: 'private-key', value: key, isFile: true },
      { slug: 'private-key-passphrase', value: 'S3cr3t phrase', isPassword: true },
    ],
  }),
  plain(15, {
    items: [
      { slug: 'user', value: 'u' },
      { slug: 'secret-word', value, isPassword: true },
    ],
  }),
  plain(16, { items: [{ slug: 'url', value: 'https://x' }] }),
  plain(17, { active: false }),
  plain(18, { viewers: ['somebody'] }),
];

let tls: TlsMaterial;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trustkeep-delinea-'));
  if (have('openssl')) tls = await makeTlsMaterial(directory);
});
afterAll(async () => {
  await http.close();
  await rm(directory, { recursive: true, force: true });
});

let server: SecretServerStrict;
let clock: JumpingClock;
beforeEach(() => {
  lines.length = 0;
  clock = new JumpingClock();
});
afterEach(async () => {
  const { incidents } = server;
  await server.stop();
  expect(incidents).toEqual([]);
  for (const hidden of ['S3cr3t', 'Bearer']) expect(lines.join('\n')).not.toContain(hidden);
});

async function start(options: Partial<SecretServerOptions> = {}): Promise<void> {
  const users = { agent: { password: login }, corp: { password: login, domain: 'CORP' } };
  server = await startSecretServerStrict({
    users,
    secrets: secrets(),
    tls,
    now: () => clock.now(),
    ...options,
  });
}

function settingsOf(changes: Partial<DelineaSettings> = {}): DelineaSettings {
  return {
    ...{ kind: 'delinea-secret-server', url: server.url, username: 'agent', domain: null, comment: null },
    ...{ trustedRootsPem: server.caPem, verify: null, ...changes },
  };
}

function store(
  changes: Partial<DelineaSettings> = {},
  keep = memoryStoreKeep({ [storeSecrets.password]: login }),
) {
  return new DelineaStore({ id: 'cs_1', settings: settingsOf(changes), keep, http, clock, log });
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof Failure)) throw new Error(`no Failure: ${String(thrown)}`, { cause: thrown });
  expect(JSON.stringify(thrown.toData())).not.toContain('S3cr3t');
  expect(thrown.hint).toMatch(/\.$/);
  return thrown;
}

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
    expect(found[0].about).toEqual(['secret “web 12” (Unix Account (SSH))']);
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
    ['16', 'credential.unusable', '“url”'],
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
    const keep = memoryStoreKeep({ [storeSecrets.password]: login });
    const session = makeSession({
      settings: settingsOf(),
      base: server.url,
      who: 'it',
      keep,
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
    const keep = memoryStoreKeep({ [storeSecrets.password]: 'wrong S3cr3t' });
    const reading = store({}, keep);
    const first = await failure(reading.read('12'));
    expect(first).toMatchObject({ code: 'credential-store.login-refused', retry: 'needs-person' });
    expect(first.peerSaid).toContain('Login failed.');
    await failure(reading.read('12'));
    const stopped = await failure(reading.read('12'));
    expect(stopped).toMatchObject({ code: 'credential-store.login-refused', retry: 'after' });
    expect(stopped.message).toContain('agent 2 times');
    expect(stopped.retryAt).toBeGreaterThan(clock.now() + 14 * minute);
    // a restart does not begin again at zero
    await failure(store({}, keep).read('12'));
    expect((await store({}, keep).verify()).checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
    expect(server.logins.bad).toBe(2);
    clock.jump(14 * minute);
    await failure(reading.read('12'));
    expect(server.logins.bad).toBe(2);
    // the account was given that password meanwhile
    server.users.agent = { password: 'wrong S3cr3t' };
    clock.jump(2 * minute);
    expect((await reading.read('12')).username).toBe('root');
    expect(keep.secrets.has('login-refusals')).toBe(false);
  });

  test('tries a changed password at once', async () => {
    await start({ lockAfter: 4 });
    const keep = memoryStoreKeep({ [storeSecrets.password]: 'wrong' });
    await failure(store({}, keep).read('12'));
    await failure(store({}, keep).read('12'));
    keep.secrets.set(storeSecrets.password, login);
    expect((await store({}, keep).read('12')).username).toBe('root');
    expect(server.logins).toEqual({ good: 1, bad: 2 });
  });

  test('refused ten times at once is one refused login', async () => {
    await start();
    const reading = store({}, memoryStoreKeep({ [storeSecrets.password]: 'wrong' }));
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
    expect((await failure(store({}, memoryStoreKeep()).read('12'))).code).toBe(
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
    const reading = store({}, memoryStoreKeep({ [storeSecrets.password]: 'wrong' }));
    for (let tries = 0; tries < 4; tries++)
      expect((await failure(reading.read('12'))).code).toBe('credential-store.login-refused');
    expect(server.logins.bad).toBe(2);
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
    const report = await store(changes, memoryStoreKeep({ [storeSecrets.password]: password })).verify();
    expect(report.ok).toBe(report.checks.every(({ ok }) => ok));
    expect(JSON.stringify(report)).not.toContain('S3cr3t');
    return report.checks;
  };

  test('goes step by step and ends with the read', async () => {
    await start();
    const found = await checks({ verify: '12' });
    expect(found.map(({ name }) => name)).toEqual(['resolve', 'connect', 'tls', 'log-in', 'read']);
    expect(found.at(-2)?.sentence).toBe('Logged in as agent; the token is valid for 20 minutes.');
    expect(found.at(-1)?.sentence).toBe('Read secret “12”: a password for root.');
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
