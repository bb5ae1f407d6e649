import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { hashicorpStore } from '#test/make/hashicorp.ts';
import { memoryStoreKeep } from '#test/make/store-keep.ts';
import { fixtureOverApi, type VaultFixture } from '#test/servers/vault-fixture.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';

const minute = 60_000;
const hour = 60 * minute;
const rules = { 'kv/*': ['read'], 'old/*': ['read'] };
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (thrown) => asFailure(thrown),
  );

describe('a hashicorp store at a Vault that does as told', () => {
  let vault: VaultServer;
  let fixture: VaultFixture;
  let http: Http;
  let clock: JumpingClock;
  let opened: ReturnType<typeof hashicorpStore>['store'][] = [];
  let underWay = 0;
  const directory = tempDirectory('vault-strict');
  const secretFile = join(directory.path, 'secret-id');

  beforeAll(() => {
    const made = makeHttp({ userAgent: 'test', clock: systemClock, log: silentLog });
    http = {
      ...made,
      request: (input) => {
        underWay += 1;
        return made.request(input).finally(() => {
          underWay -= 1;
        });
      },
    };
  });
  afterAll(async () => {
    await http.close();
    directory.remove();
  });

  beforeEach(() => start({ tls: false }));
  afterEach(async () => {
    vault.mode = 'active';
    for (const store of opened) await store.close();
    opened = [];
    await vault.stop();
    expect(vault.incidents).toEqual([]);
  });

  async function start(options: Parameters<typeof startVault>[0]): Promise<void> {
    vault = await startVault(options);
    clock = new JumpingClock();
    fixture = fixtureOverApi({ ...vault, token: vault.rootToken, prefix: 'test' });
    await fixture.mountKv('kv', 2);
    await fixture.mountKv('old', 1);
    await fixture.put('kv', 2, 'web1', { username: 'root', password: 'kv-password' });
    await fixture.put('old', 1, 'web1', { username: 'root', password: 'old-password' });
    await fixture.enableAppRole('approle');
    vault.calls.length = 0;
  }

  async function restart(options: Parameters<typeof startVault>[0]): Promise<void> {
    await vault.stop();
    await start({ tls: false, ...options });
  }

  function open(options: Parameters<typeof hashicorpStore>[2] = {}) {
    const settings = { rootPath: 'kv', ...options.settings };
    const made = hashicorpStore(vault, http, { clock, ...options, settings });
    opened.push(made.store);
    return made;
  }

  async function withToken(wish: Partial<Parameters<VaultFixture['makeToken']>[0]> = {}, rootPath = 'kv') {
    const token = await fixture.makeToken({ rules, ...wish });
    vault.calls.length = 0;
    return { token, ...open({ secrets: { token }, settings: { rootPath } }) };
  }

  async function role(wish: Partial<Parameters<VaultFixture['makeRole']>[2]> = {}) {
    return (await fixture.makeRole('approle', 'reader', { rules, tokenTtl: '1h', ...wish })).roleId;
  }
  const bySecret = (roleId: string, wrapped = false) => ({ type: 'AppRoleSecret' as const, roleId, wrapped });
  const byFile = (roleId: string, wrapped = false) => ({
    type: 'AppRoleFile' as const,
    roleId,
    secretFile,
    wrapped,
  });

  async function withRole(wish: Parameters<typeof role>[0] = {}) {
    const roleId = await role(wish);
    const secretId = await fixture.makeSecretId('approle', 'reader');
    vault.calls.length = 0;
    return { roleId, ...open({ secrets: { 'secret-id': secretId }, settings: { auth: bySecret(roleId) } }) };
  }

  /** Time passes here and there, and what is due then is done to its end. */
  async function both(ms: number): Promise<void> {
    vault.advance(ms);
    clock.jump(ms);
    for (let quiet = 0; quiet < 5; quiet = underWay === 0 ? quiet + 1 : 0)
      await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const logins = () => vault.count('auth/approle/login');
  const renewals = () => vault.count('auth/token/renew-self');

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
      const { store, keep, token } = await withToken({ uses: 6 });
      await store.read('web1');
      await store.read('web1');
      expect(vault.calls.map(({ path }) => path)).toEqual([
        'auth/token/lookup-self',
        'sys/internal/ui/mounts/kv/web1',
        'kv/data/web1',
        'kv/data/web1',
      ]);
      await store.close();
      await open({ keep }).store.read('web1');
      expect(vault.count('auth/token/lookup-self')).toBe(1);
      expect(JSON.stringify([...keep.notes])).not.toContain(token);
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
      const { store, keep, token } = await withToken();
      await store.read('web1');
      await fixture.revoke(token);
      keep.secrets.set('token', `  ${await fixture.makeToken({ rules })}\n`);
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
      const { store, keep } = await withToken({ ttl: '1h', renewable: false });
      await store.read('web1');
      expect((await failureOf(store.read('x/y'))).code).toBe('credential.not-found');
      await both(2 * hour);
      const failure = await failureOf(store.read('web1'));
      expect(failure.code).toBe('credential-store.login-refused');
      await store.close();
      const later = open({ keep }).store;
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
      const { store, keep, roleId } = await withRole();
      await store.close();
      const other = open({ keep, settings: { auth: bySecret(roleId), rootPath: 'other' } }).store;
      for (const _ of [1, 2, 3]) expect((await failureOf(other.read('web1'))).code).toBe('credential.denied');
      expect(logins()).toBe(1);
      await fixture.makeRole('approle', 'reader', { rules: { 'other/*': ['read'] }, tokenTtl: '1h' });
      await both(11 * minute);
      await other.read('web1');
      expect(logins()).toBe(2);
    });

    test('that was refused waits before the next, unless a person asks or a new SecretID is given', async () => {
      const { store, keep } = await withRole();
      const good = keep.secrets.get('secret-id') ?? '';
      keep.secrets.set('secret-id', 'wrong');
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
      keep.secrets.set('secret-id', good);
      expect((await store.read('web1')).username).toBe('root');
    });

    test('at a mount that does not exist says so much as the server does', async () => {
      const { roleId, keep } = await withRole();
      const { store } = open({ keep, settings: { auth: bySecret(roleId), authMount: 'elsewhere' } });
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

  describe('a wrapped SecretID', () => {
    async function wrapped(wish: Parameters<typeof role>[0] = {}) {
      const roleId = await role(wish);
      const wrapping = await fixture.makeWrappedSecretId('approle', 'reader');
      vault.calls.length = 0;
      const settings = { auth: bySecret(roleId, true) };
      return { roleId, wrapping, settings, ...open({ secrets: { 'wrapping-token': wrapping }, settings }) };
    }

    test('is sealed before the login, so that a refused login and a restart lose nothing', async () => {
      const { store, keep, settings } = await wrapped({ secretIdUses: 1 });
      vault.interfere = (_, path) =>
        path === 'auth/approle/login' ? { status: 503, body: '{"errors":["Vault is sealed"]}' } : null;
      expect((await failureOf(store.read('web1'))).code).toBe('credential-store.sealed');
      expect([...keep.secrets.keys()]).toEqual(['secret-id']);
      vault.interfere = () => null;
      await store.close();
      expect((await open({ keep, settings }).store.read('web1')).username).toBe('root');
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
      const { store, keep, settings, wrapping } = await wrapped();
      await store.read('web1');
      await store.close();
      keep.secrets.set('wrapping-token', wrapping);
      const [mark] = [...keep.notes.values()].map((text) => JSON.parse(text)[0][0] as string);
      keep.notes.set('wrapping-tokens', JSON.stringify([[mark, 'begun']]));
      expect((await open({ keep, settings }).store.read('web1')).username).toBe('root');
      expect([...keep.secrets.keys()]).toEqual(['secret-id']);
      expect(vault.count('sys/wrapping/unwrap')).toBe(1);
    });

    test('that cannot be sealed now is used from memory and sealed at the next chance', async () => {
      const roleId = await role();
      const keep = memoryStoreKeep({
        'wrapping-token': await fixture.makeWrappedSecretId('approle', 'reader'),
      });
      const { keepSecret } = keep;
      keep.keepSecret = () => {
        throw new Failure('keychain.locked', 'The keychain is locked.');
      };
      const { store } = open({ keep, settings: { auth: bySecret(roleId, true) } });
      expect((await store.read('web1')).username).toBe('root');
      keep.keepSecret = keepSecret;
      vault.advance(2 * hour);
      await store.read('web1');
      expect([...keep.secrets.keys()]).toEqual(['secret-id']);
    });

    test('of a new wrapping token that somebody else used leaves the one from before, with a warning', async () => {
      const { store, keep } = await wrapped();
      await store.read('web1');
      keep.secrets.set('wrapping-token', 'hvs.used-by-somebody-else');
      expect((await store.read('web1')).username).toBe('root');
      expect((await store.verify()).checks.at(-1)?.sentence).toContain('possibly by someone else');
      expect(vault.count('sys/wrapping/lookup')).toBe(2);
    });

    test('of a wrapping token that was refused is asked for once, also after a restart', async () => {
      const keep = memoryStoreKeep({ 'wrapping-token': 'hvs.used-by-somebody-else' });
      const settings = { auth: bySecret(await role(), true) };
      const asked = () => vault.count('sys/wrapping/lookup') + vault.count('sys/wrapping/unwrap');
      const first = open({ keep, settings }).store;
      const { code } = await failureOf(first.read('web1'));
      expect(asked()).toBe(1);
      expect((await failureOf(first.read('web1'))).code).toBe(code);
      await first.close();
      expect((await failureOf(open({ keep, settings }).store.read('web1'))).code).toBe(code);
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
      const { roleId, keep } = await wrapped();
      open({ keep, settings: { auth: bySecret(roleId, true) }, watch: true });
      await both(minute);
      expect([...keep.secrets.keys()]).toEqual(['secret-id']);
      const later = open({ keep, settings: { auth: bySecret(roleId, true) }, watch: true });
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
      const { store, keep } = open({ settings: { auth: byFile(roleId, true) } });
      await store.read('web1');
      await wrap();
      await store.read('web1');
      await store.read('web1');
      expect(vault.count('sys/wrapping/unwrap')).toBe(2);
      expect(logins()).toBe(2);
      await store.close();
      const later = open({ keep, settings: { auth: byFile(roleId, true) } }).store;
      expect((await failureOf(later.read('web1'))).code).toBe('credential-store.login-refused'); // its one use is spent
      await wrap();
      expect((await later.read('web1')).username).toBe('root');
      expect(vault.count('sys/wrapping/unwrap')).toBe(3);
    });

    test('that still holds a wrapping token opened before a restart leads nobody to ask for it again', async () => {
      const roleId = await role();
      writeFileSync(secretFile, await fixture.makeWrappedSecretId('approle', 'reader'));
      const { store, keep } = open({ settings: { auth: byFile(roleId, true) } });
      await store.read('web1');
      await store.close();
      vault.calls.length = 0;
      const later = open({ keep, settings: { auth: byFile(roleId, true) } }).store;
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

  describe('the KV version', () => {
    test('is asked for once, not for each read', async () => {
      const { store } = await withToken();
      await store.read('web1');
      await store.read('web1');
      expect(vault.count(/^sys\/internal/)).toBe(1);
    });

    test('is tried when it may not be asked for, and remembered', async () => {
      vault.interfere = (_, path) =>
        path.startsWith('sys/internal') ? { status: 403, body: '{"errors":["permission denied"]}' } : null;
      const two = await withToken();
      expect((await two.store.read('web1')).password?.text()).toBe('kv-password');
      await two.store.read('web1');
      expect(vault.count(/^sys\/internal/)).toBe(1);
      const one = await withToken({}, 'old');
      expect((await one.store.read('web1')).password?.text()).toBe('old-password');
      expect((await failureOf(one.store.read('nobody'))).code).toBe('credential.not-found');
    });

    test('is tried below a mount with slashes when the root path ends it with data', async () => {
      await fixture.mountKv('team/kv', 2);
      await fixture.put('team/kv', 2, 'app/web1', { password: 'deep' });
      vault.interfere = (_, path) =>
        path.startsWith('sys/internal') ? { status: 403, body: '{"errors":["permission denied"]}' } : null;
      const { store } = await withToken({ rules: { 'team/kv/data/app/*': ['read'] } }, 'team/kv/data/app');
      expect((await store.read('web1')).password?.text()).toBe('deep');
    });

    test('of a path below no mount is said to be that to a login that may read everything', async () => {
      const { store } = open({ secrets: { token: vault.rootToken }, settings: { rootPath: 'nosuch/place' } });
      const failure = await failureOf(store.read('web1'));
      expect(failure).toMatchObject({ code: 'credential-store.wrong-mount' });
      expect(failure.message).toContain('Nothing is mounted in HashiCorp Vault');
      const { store: forbidden } = await withToken({}, 'nosuch/place');
      expect((await failureOf(forbidden.read('web1'))).code).toBe('credential.denied');
    });

    test('of a server that does not know the question is 1', async () => {
      await restart({ tellsMounts: false });
      const { store } = await withToken({}, 'old');
      expect((await store.read('web1')).password?.text()).toBe('old-password');
    });

    test('is looked up again when the mount was made anew as another', async () => {
      const { store } = await withToken({}, 'old');
      await store.read('web1');
      vault.state.namespace('').mounts.delete('old/');
      await fixture.mountKv('old', 2);
      await fixture.put('old', 2, 'web1', { password: 'new' });
      expect((await store.read('web1')).password?.text()).toBe('new');
    });
  });

  describe('a server in trouble', () => {
    const code = async (store: ReturnType<typeof open>['store']) => {
      const { code, retry } = await failureOf(store.read('web1'));
      return [code, retry];
    };

    test('is told by its state, and what may go by itself is marked so', async () => {
      const { store } = await withToken();
      vault.mode = 'sealed';
      expect(await code(store)).toEqual(['credential-store.sealed', 'later']);
      vault.mode = 'not-initialised';
      expect(await code(store)).toEqual(['credential-store.not-initialized', 'needs-person']);
      vault.mode = 'active';
      for (const [status, expected] of [
        [429, 'credential-store.busy'],
        [472, 'credential-store.standby'],
        [473, 'credential-store.standby'],
        [412, 'credential-store.trouble'],
        [500, 'credential-store.trouble'],
        [502, 'credential-store.trouble'],
        [503, 'credential-store.trouble'],
      ] as const) {
        vault.interfere = () => ({ status, body: '{"errors":["no"]}' });
        expect(await code(store)).toEqual([expected, 'later']);
      }
      vault.interfere = () => ({ status: 429, headers: { 'retry-after': '30' } });
      expect(await code(store)).toEqual(['credential-store.busy', 'after']);
      vault.interfere = () => null;
      expect((await store.read('web1')).username).toBe('root');
    });

    test('or that is none at all is named by what it sends', async () => {
      const { store } = await withToken();
      const page = '<html><head><title>Sign in</title></head><body>kv-password</body></html>';
      for (const status of [200, 403]) {
        vault.interfere = () => ({ status, body: page, type: 'text/html' });
        const failure = await failureOf(store.read('web1'));
        expect(failure.code).toBe('credential-store.unexpected-answer');
        expect(failure.message).toContain('a web page titled “Sign in”');
        expect(JSON.stringify(failure.toData())).not.toContain('kv-password');
      }
      vault.interfere = () => ({ status: 200, body: '{"data": "kv-password' });
      expect((await failureOf(store.read('web1'))).message).toContain('JSON that cannot be read');
      vault.interfere = () => ({ status: 200, body: '{"data": {"ttl": "kv-password"}}' });
      const failure = await failureOf(store.read('web1'));
      expect(failure.message).toContain('data.ttl');
      expect(failure.message).not.toContain('kv-password');
    });

    test('that says our token back is not quoted with it', async () => {
      const { store, token, lines } = await withToken();
      vault.interfere = () => ({ status: 500, body: JSON.stringify({ errors: [`bad ${token} here`] }) });
      const failure = await failureOf(store.read('web1'));
      expect(failure.peerSaid).toBe('bad [secret] here');
      expect(lines.join('\n')).not.toContain(token);
    });

    test('on standby is followed to the same place only: the token goes to no other host', async () => {
      const { store } = await withToken();
      const other = await startVault({ tls: false });
      try {
        vault.mode = { standbyOf: other.url };
        const failure = await failureOf(store.read('web1'));
        expect(failure.code).toBe('credential-store.redirected');
        expect(failure.message).toContain(other.url);
        expect(other.calls).toEqual([]);
        vault.mode = { standbyOf: vault.url };
        expect(await code(store)).toEqual(['credential-store.redirected', 'later']);
        vault.mode = 'active';
        let first = true;
        vault.interfere = (_, path) => {
          if (!first || path !== 'kv/data/web1') return null;
          first = false;
          return { status: 307, headers: { location: `${vault.url}/v1/kv/data/web1` } };
        };
        expect((await store.read('web1')).username).toBe('root');
      } finally {
        await other.stop();
      }
    });

    test('that cuts the line once is asked again', async () => {
      const { store } = await withToken();
      let first = true;
      vault.interfere = (_, path) => {
        if (!first || path !== 'kv/data/web1') return null;
        first = false;
        return 'cut';
      };
      expect((await store.read('web1')).username).toBe('root');
    });
  });

  test('an id that goes elsewhere or is none is refused before anything is sent', async () => {
    const { store } = await withToken();
    for (const id of ['', '/', '..', '../x', 'a/../b', 'a//b', './a', 'a.', 'a\nb', 'a\u0000', 'a/.']) {
      const failure = await failureOf(store.read(id));
      expect([id, failure.code]).toEqual([id, 'credential.bad-id']);
    }
    expect(vault.calls.filter(({ path }) => !path.startsWith('auth/'))).toEqual([]);
    expect((await failureOf(store.read('%2e%2e/old/web1'))).code).toBe('credential.not-found');
    expect((await failureOf(store.read('web1?list=true#x'))).code).toBe('credential.not-found');
  });

  test('an address copied from the browser or the API is taken as that of the server', async () => {
    const token = await fixture.makeToken({ rules });
    for (const path of ['/', '/ui/', '/ui/vault/secrets', '/v1', '/v1/']) {
      const { store } = open({ secrets: { token }, settings: { vaultUrl: vault.url + path } });
      expect((await store.read('web1')).username).toBe('root');
    }
  });

  test('verify stops at the first no and says that a way without TLS is open', async () => {
    const { keep } = await withToken();
    const { store } = open({ keep, settings: { verify: 'nobody' } });
    const report = await store.verify();
    expect(report.checks.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      'resolve true',
      'connect true',
      'log-in true',
      'read false',
    ]);
    expect(report.checks[2]?.sentence).toContain('not encrypted');
    expect(report.checks[3]?.sentence).toMatch(/There is no secret “kv\/nobody”.* Check the credential ID/);
    vault.mode = 'sealed';
    const sealed = await store.verify();
    expect(sealed.checks.at(-1)).toMatchObject({ name: 'log-in', ok: false });
    expect(sealed.checks.at(-1)?.sentence).toContain('is sealed');
  });

  test('verify of a server whose CA is not trusted, or that is not there, stops on the way', async () => {
    const secure = await startVault();
    try {
      const { store } = open({
        secrets: { token: secure.rootToken },
        settings: { vaultUrl: secure.url, trustedRootsPem: null },
      });
      const report = await store.verify();
      expect(report.ok).toBe(false);
      expect(report.checks.at(-1)).toMatchObject({ name: 'tls', ok: false });
      expect(report.checks.at(-1)?.sentence).toContain('trusted_roots');
      expect((await failureOf(store.read('web1'))).code).toBe('net.tls-untrusted');
      expect(secure.calls).toEqual([]);
      await secure.stop();
      expect((await store.verify()).checks.at(-1)).toMatchObject({ name: 'connect', ok: false });
    } finally {
      await secure.stop().catch(() => {});
    }
  });
});
