import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { aStore } from '#test/make/rows.ts';
import { fixtureOverApi } from '#test/servers/vault-fixture.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';

const minute = 60_000;
const second = 1000;
const waiting = { timeout: 60_000, interval: 50 };
let vault: VaultServer;
let directory: ReturnType<typeof tempDirectory>;
let agent: TestAgent;
let clock: JumpingClock;

beforeEach(async () => {
  vault = await startVault();
  directory = tempDirectory('watched');
});
afterEach(async () => {
  await agent?.close();
  expect(vault.incidents).toEqual([]);
  await vault.stop();
  directory.remove();
});

test('a token is renewed after a restart although nobody reads from the store', async () => {
  const token = vault.state.makeToken({
    creationTtl: 3600,
    policies: ['root'],
    displayName: 'agent',
    renewable: true,
  });
  const first = await startAgent({ dataDirectory: directory.path });
  await first.call.credentialStores.add({
    kind: 'hashicorp',
    storename: 'vault',
    vaulturl: vault.url,
    trusted_roots: vault.caPem ?? '',
    token: token.id,
    rootpath: 'secret',
  });
  await first.close();
  clock = new JumpingClock();
  agent = await startAgent({ dataDirectory: directory.path, overrides: { clock } });
  const looked = vault.count('auth/token/lookup-self');
  await vi.waitFor(() => {
    clock.jump(minute);
    expect(vault.count('auth/token/lookup-self')).toBeGreaterThan(looked);
  }, waiting);
  await vi.waitFor(() => {
    clock.jump(45 * minute);
    expect(vault.count('auth/token/renew-self')).toBeGreaterThan(0);
  }, waiting);
});

const renewals = () => vault.count('auth/token/renew-self');

async function start(): Promise<void> {
  clock = new JumpingClock();
  agent = await startAgent({ dataDirectory: directory.path, overrides: { clock } });
}

async function added(flat: Record<string, string | boolean>) {
  return agent.call.credentialStores.add({
    kind: 'hashicorp',
    storename: 'vault',
    vaulturl: vault.url,
    trusted_roots: vault.caPem ?? '',
    rootpath: 'kv',
    ...flat,
  });
}

/**
 * Time passes here and at the Vault, a little at a time, until it is so. After nine tenths of `lifeMs` without a renewal it
 * stands still: whoever is slow to renew has all the time of this machine.
 */
async function pass(stepMs: number, lifeMs: number, until: () => void | Promise<void>): Promise<void> {
  let [passed, seen] = [0, renewals()];
  await vi.waitFor(async () => {
    if (renewals() !== seen) [passed, seen] = [0, renewals()];
    if (passed + stepMs <= 0.9 * lifeMs) {
      passed += stepMs;
      clock.jump(stepMs);
      vault.advance(stepMs);
    }
    await until();
  }, waiting);
}

function periodic(seconds: number) {
  return vault.state.makeToken({
    creationTtl: seconds,
    period: seconds,
    policies: ['root'],
    renewable: true,
  });
}

// a periodic token ends like any other unless somebody renews it: hashicorp/vault#5581, hashicorp/vault#523
test.each([60, 3600])(
  'a periodic token (%i s) is renewed from the moment its store is added, although nobody reads',
  async (seconds) => {
    await start();
    const token = periodic(seconds);
    await added({ token: token.id });
    for (const times of [1, 2])
      await pass((seconds * second) / 60, seconds * second, () =>
        expect(renewals()).toBeGreaterThanOrEqual(times),
      );
    expect(vault.state.tokens.has(token.id)).toBe(true);
    expect(await agent.call.notifications.list({})).toEqual([]);
  },
);

// SecretIDs for one login: hashicorp/vault#14390
describe('a SecretID for one login', () => {
  const roleOf = async (uses: number) => {
    const fixture = fixtureOverApi({ ...vault, token: vault.rootToken, prefix: 'once' });
    await fixture.mountKv('kv', 2);
    await fixture.put('kv', 2, 'web1', { username: 'root', password: 'x' });
    await fixture.enableAppRole('approle');
    const { roleId } = await fixture.makeRole('approle', 'once', {
      rules: { 'kv/*': ['read'] },
      tokenTtl: '1h',
      secretIdUses: uses,
    });
    return { roleId, fixture };
  };
  const logins = () => vault.count('auth/approle/login');

  test('logs the store in that is added, also under another name', async () => {
    await start();
    const { roleId, fixture } = await roleOf(1);
    const secretid = await fixture.makeSecretId('approle', 'once');
    await added({ authtype: 'AppRoleSecret', roleid: roleId, secretid, verify: 'web1' });
    expect(await agent.call.credentialStores.verify({ storename: 'vault' })).toMatchObject({ ok: true });
    await agent.call.credentialStores.update({ storename: 'vault', new_storename: 'other', changes: {} });
    await pass(2 * minute, 60 * minute, () => expect(renewals()).toBeGreaterThanOrEqual(2));
    expect(await agent.call.credentialStores.verify({ storename: 'other' })).toMatchObject({ ok: true });
    expect(logins()).toBe(1);
  });

  test('is kept logged in when other settings change, also by a change that does not work', async () => {
    await start();
    const { roleId, fixture } = await roleOf(1);
    const secretid = await fixture.makeSecretId('approle', 'once');
    await added({ authtype: 'AppRoleSecret', roleid: roleId, secretid });
    const change = (changes: Record<string, string | string[] | null>) =>
      agent.call.credentialStores.update({ storename: 'vault', changes });
    expect((await change({ verify: 'web1', fields: ['password=password'] })).report?.ok).toBe(true);
    await expect(change({ roleid: 'another' })).rejects.toThrow('refused the AppRole login');
    vault.mode = 'sealed';
    await expect(change({ rootpath: 'elsewhere' })).rejects.toThrow('is sealed');
    vault.mode = 'active';
    expect((await change({ rootpath: '/kv/' })).report?.ok).toBe(true);
    await pass(2 * minute, 60 * minute, () => expect(renewals()).toBeGreaterThanOrEqual(2));
    expect(await agent.call.credentialStores.verify({ storename: 'vault' })).toMatchObject({ ok: true });
    const fine = vault.calls.filter(({ path, status }) => path === 'auth/approle/login' && status === 200);
    expect(fine).toHaveLength(1);
    await agent.close();
    expect([...vault.state.tokens.values()].map(({ displayName }) => displayName)).toEqual(['root']);
    await start();
  });

  test('that is wrapped or in a file does so as well, and so does one that is set later', async () => {
    await start();
    const { roleId, fixture } = await roleOf(1);
    const login = { authtype: 'AppRoleSecret', roleid: roleId, verify: 'web1' };
    const wrapped = await fixture.makeWrappedSecretId('approle', 'once');
    await added({ ...login, secretid: wrapped, appwrapped: true });
    expect(await agent.call.credentialStores.verify({ storename: 'vault' })).toMatchObject({ ok: true });
    const secretid = await fixture.makeSecretId('approle', 'once');
    await agent.call.credentialStores.update({
      storename: 'vault',
      changes: { secretid, appwrapped: false },
    });
    expect(await agent.call.credentialStores.verify({ storename: 'vault' })).toMatchObject({ ok: true });
    const secretfile = join(directory.path, 'secret-id');
    writeFileSync(secretfile, await fixture.makeSecretId('approle', 'once'), { mode: 0o600 });
    await added({ ...login, storename: 'file', authtype: 'AppRoleFile', secretfile });
    expect(await agent.call.credentialStores.verify({ storename: 'file' })).toMatchObject({ ok: true });
    expect(logins()).toBe(3);
  });

  test('is given back when what was tried cannot be stored', async () => {
    await start();
    const { roleId, fixture } = await roleOf(0);
    const secretid = await fixture.makeSecretId('approle', 'once');
    const before = vault.state.tokens.size;
    vault.interfere = (_, path) => {
      if (path === 'auth/approle/login') agent.database.credentialStores.insert(aStore({ name: 'vault' }));
      return null;
    };
    await expect(added({ authtype: 'AppRoleSecret', roleid: roleId, secretid })).rejects.toThrow('already');
    expect(vault.state.tokens.size).toBe(before);
  });
});

describe('a person is told', () => {
  const told = async () =>
    (await agent.call.notifications.list({})).map(({ title, sentence }) => `${title}: ${sentence}`);

  test('once, that the token of a store is gone', async () => {
    await start();
    const token = periodic(3600);
    await added({ token: token.id });
    vault.state.tokens.delete(token.id);
    await pass(minute, Number.POSITIVE_INFINITY, async () => expect(await told()).toHaveLength(1));
    expect((await told())[0]).toMatch(/^Action required: vault: .* did not accept the token of this store\./);
    for (let hours = 0; hours < 3; hours++) await pass(60 * minute, Number.POSITIVE_INFINITY, () => {});
    expect(await told()).toHaveLength(1);
  });

  test('ahead of time, that a token ends and nothing keeps it alive', async () => {
    await start();
    const policies = ['root'];
    const token = vault.state.makeToken({ creationTtl: 4 * 3600, policies, renewable: false });
    await added({ token: token.id });
    await pass(10 * minute, 4 * 60 * minute, async () => expect(await told()).toHaveLength(1));
    expect((await told())[0]).toMatch(
      /The token of this store for .* ends at .* UTC and cannot be renewed\./,
    );
    expect((token.endsAt ?? 0) - vault.state.now()).toBeGreaterThan(20 * minute);
  });
});
