import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { hashicorpStore } from '#test/make/hashicorp.ts';
import { fixtureOverApi, type VaultFixture } from '#test/servers/vault-fixture.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const rules = { 'kv/*': ['read'], 'old/*': ['read'] };
export const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (thrown) => asFailure(thrown),
  );
export let vault: VaultServer;
export let fixture: VaultFixture;
let http: Http;
let clock: JumpingClock;
let opened: ReturnType<typeof hashicorpStore>['store'][] = [];
let underWay = 0;
export const directory = tempDirectory('vault-strict');

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

export async function restart(options: Parameters<typeof startVault>[0]): Promise<void> {
  await vault.stop();
  await start({ tls: false, ...options });
}

export function open(options: Parameters<typeof hashicorpStore>[2] = {}) {
  const settings = { rootPath: 'kv', ...options.settings };
  const made = hashicorpStore(vault, http, { clock, ...options, settings });
  opened.push(made.store);
  return made;
}

export async function withToken(
  request: Partial<Parameters<VaultFixture['makeToken']>[0]> = {},
  rootPath = 'kv',
) {
  const token = await fixture.makeToken({ rules, ...request });
  vault.calls.length = 0;
  return { token, ...open({ secrets: { token }, settings: { rootPath } }) };
}

export async function role(request: Partial<Parameters<VaultFixture['makeRole']>[2]> = {}) {
  return (await fixture.makeRole('approle', 'reader', { rules, tokenTtl: '1h', ...request })).roleId;
}
export const bySecret = (roleId: string, wrapped = false) => ({
  type: 'AppRoleSecret' as const,
  roleId,
  wrapped,
});

/** Time passes here and there, and what is due then is done to its end. */
export async function both(ms: number): Promise<void> {
  vault.advance(ms);
  clock.jump(ms);
  for (let quiet = 0; quiet < 5; quiet = underWay === 0 ? quiet + 1 : 0)
    await new Promise((resolve) => setTimeout(resolve, 2));
}
export const logins = () => vault.count('auth/approle/login');

/** Every test starts with a new Vault that does as told. */
export function prepareVault(): void {
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
}
