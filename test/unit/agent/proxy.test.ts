import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { ProxyRoute, ProxySettings } from '#shared/model/proxy.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { makeStore, type TestStore } from '#test/make/store.ts';
import { WayOut } from '../../../electron/agent/proxy.ts';
import type { NeededAddress, Way, WayFinder } from '../../../electron/agent/proxy-doctor.ts';
import type { ProxyInForce } from '../../../electron/agent/proxy-keep.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const manual: ProxyRoute = {
  mode: 'manual',
  host: 'proxy.example.org',
  port: 3128,
  user: 'ann',
  domain: null,
};
const through: ProxySettings = { route: manual, bypass: ['*.inside'] };
const other: ProxySettings = { route: { ...manual, port: 8080 }, bypass: [] };
const direct: ProxySettings = { route: { mode: 'none' }, bypass: [] };

let store: TestStore;
let clock: JumpingClock;
let changes: number;
/** What the network looks like: answers by way and address. */
let network: (setting: ProxyInForce, address: NeededAddress) => Partial<Way>;
let wayOut: WayOut;
let opened: number;
let closed: number;

function finder(setting: ProxyInForce): WayFinder {
  opened++;
  return {
    reach: async (address) => ({
      ok: true,
      way: setting.settings.route.mode,
      steps: [{ name: 'route', ok: true, sentence: 'As set.' }],
      certificate: null,
      interceptedBy: null,
      ...network(setting, address),
    }),
    ask: async () => 'The server answered 200.',
    close: async () => void closed++,
  };
}

function open(): WayOut {
  const made = new WayOut({
    database: store.database,
    clock,
    log: silentLog,
    changed: () => void changes++,
    finder,
  });
  made.start();
  return made;
}

beforeEach(() => {
  store = makeStore();
  clock = new JumpingClock();
  changes = 0;
  opened = 0;
  closed = 0;
  network = () => ({});
  wayOut = open();
});
afterEach(() => {
  wayOut.stop();
  store.remove();
});

function set(settings: ProxySettings, password: string | null, confirm?: number): void {
  wayOut.apply({ settings, password: password === null ? null : Secret.of(password) }, confirm);
  wayOut.settle();
}

function vault(name: string, url: string): void {
  store.database.credentialStores.insert({
    id: `cs_${name}`,
    name,
    kind: 'hashicorp',
    settings: {
      kind: 'hashicorp',
      vaultUrl: url,
      auth: { type: 'Token' },
      rootPath: 'secret',
      namespace: null,
      authMount: 'approle',
      trustedRootsPem: null,
      verify: null,
    },
    report: null,
    createdAt: 1,
    updatedAt: 1,
  });
}

describe('the way out', () => {
  test('is direct at first, and another object after every change', () => {
    const first = wayOut.inForce();
    expect(wayOut.state()).toEqual({ ...direct, hasPassword: false, revertsAt: null });
    expect(wayOut.inForce()).toBe(first);
    set(through, 'one');
    expect(wayOut.inForce()).not.toBe(first);
    expect(wayOut.inForce().password()?.text()).toBe('one');
    expect(changes).toBe(1);
  });

  test('is kept over a restart, its password sealed', () => {
    set(through, 'pass-word-4711');
    store.reopen();
    wayOut = open();
    expect(wayOut.state()).toEqual({ ...through, hasPassword: true, revertsAt: null });
    expect(wayOut.inForce().password()?.text()).toBe('pass-word-4711');
    expect(store.database.meta.get('proxy')).not.toContain('pass-word-4711');
  });

  test('keeps no password that no setting names any more', () => {
    set(through, 'one');
    set(through, 'two');
    expect(store.database.secrets.list('proxy')).toHaveLength(1);
    set(direct, null);
    expect(store.database.secrets.list('proxy')).toEqual([]);
  });

  test('gives the kept password only for the same user at the same place', () => {
    set(through, 'one');
    expect(wayOut.passwordKept({ ...manual, host: 'PROXY.example.org' })?.text()).toBe('one');
    for (const route of [
      { ...manual, host: 'evil.example.org' },
      { ...manual, port: 8080 },
      { ...manual, user: 'bob' },
      { mode: 'none' } as const,
      { mode: 'pac', pacUrl: 'http://proxy.example.org:3128/', user: 'ann', domain: null } as const,
    ])
      expect(wayOut.passwordKept(route)).toBeNull();
  });

  test('a damaged stored setting means directly, and a new one can be set', () => {
    store.database.meta.set('proxy', '{"settings":7}');
    wayOut.stop();
    wayOut = open();
    expect(wayOut.state()).toMatchObject(direct);
    set(through, 'one');
    expect(wayOut.state()).toMatchObject(through);
  });
});

describe('a setting on trial', () => {
  test('goes back by itself with its password, and says so in the audit', () => {
    set(through, 'one');
    set(other, 'two', 60);
    expect(wayOut.state()).toMatchObject({ ...other, revertsAt: expect.any(Number) });
    expect(wayOut.inForce().password()?.text()).toBe('two');
    clock.jump(59_000);
    expect(wayOut.state()).toMatchObject(other);
    clock.jump(2_000);
    expect(wayOut.state()).toEqual({ ...through, hasPassword: true, revertsAt: null });
    expect(wayOut.inForce().password()?.text()).toBe('one');
    expect(store.database.audit.list(undefined, 1)[0]).toMatchObject({
      action: 'proxy.reverted',
      origin: 'agent',
      sentence: expect.stringContaining('through proxy.example.org:3128'),
    });
    expect(store.database.secrets.list('proxy')).toHaveLength(1);
  });

  test('stays when it was confirmed', () => {
    set(other, 'two', 60);
    wayOut.confirm();
    wayOut.settle();
    clock.jump(3_600_000);
    expect(wayOut.state()).toEqual({ ...other, hasPassword: true, revertsAt: null });
    expect(() => wayOut.confirm()).toThrow(expect.objectContaining({ code: 'proxy.nothing-to-confirm' }));
  });

  test('goes back at the next start when its time ran out meanwhile, and later when it did not', () => {
    set(through, 'one');
    set(other, 'two', 60);
    wayOut.stop();
    wayOut = open();
    expect(wayOut.state()).toMatchObject(other);
    wayOut.stop();
    clock.jump(61_000);
    wayOut = open();
    expect(wayOut.state()).toMatchObject(through);
  });

  test('replaced by another trial, what comes back is what was confirmed last', () => {
    set(through, 'one');
    set(other, 'two', 60);
    set({ route: { ...manual, port: 9090 }, bypass: [] }, 'three', 60);
    clock.jump(61_000);
    expect(wayOut.state()).toMatchObject(through);
    expect(wayOut.inForce().password()?.text()).toBe('one');
  });

  test('is not in force when the transaction that stored it was rolled back', () => {
    expect(() =>
      store.database.transaction(() => {
        wayOut.apply({ settings: through, password: Secret.of('one') });
        throw new Error('the audit row could not be written');
      }),
    ).toThrow('audit row');
    wayOut.settle();
    expect(wayOut.state()).toMatchObject(direct);
    expect(store.database.secrets.list('proxy')).toEqual([]);
  });
});

const refusedLogin: Partial<Way> = {
  ok: false,
  steps: [
    { name: 'route', ok: true, sentence: 'The proxy is set.' },
    { name: 'proxy', ok: true, sentence: 'It answers.' },
    { name: 'authentication', ok: false, sentence: 'The proxy refused user ann.' },
  ],
};
const deadServer: Partial<Way> = {
  ok: false,
  steps: [
    { name: 'proxy', ok: true, sentence: 'It answers.' },
    { name: 'authentication', ok: true, sentence: 'It requires no login.' },
    { name: 'tunnel', ok: false, sentence: 'The proxy could not reach the server.' },
  ],
};
const silentProxy: Partial<Way> = {
  ok: false,
  steps: [
    { name: 'proxy', ok: true, sentence: 'It accepts connections.' },
    { name: 'tunnel', ok: false, sentence: 'The proxy did not answer.' },
  ],
};

describe('a try', () => {
  const candidate = { settings: through, password: null };

  test('with nothing needed yet asks only whether the proxy lets the agent in', async () => {
    network = () => deadServer;
    expect(await wayOut.tryOut(candidate)).toBeNull();
    network = () => refusedLogin;
    expect(await wayOut.tryOut(candidate)).toMatchObject({ neededBy: 'the proxy itself', ok: false });
    expect(opened).toBeGreaterThan(0);
    expect(closed).toBe(opened);
  });

  test('is lost at something that takes connections and never answers, whatever is needed', async () => {
    network = () => silentProxy;
    expect(await wayOut.tryOut(candidate)).toMatchObject({
      ok: false,
      steps: [{ name: 'proxy' }, { sentence: 'The proxy did not answer.' }],
    });
    vault('one', 'https://one.example.org/');
    expect(await wayOut.tryOut(candidate)).toMatchObject({ ok: false, neededBy: 'the proxy itself' });
  });

  test('is not lost at a proxy that waits for a server which is silent either way, and answers for others', async () => {
    vault('one', 'https://one.example.org/');
    network = (_, { url }) => (url.includes('one') ? silentProxy : deadServer);
    expect(await wayOut.tryOut(candidate)).toBeNull();
    vault('two', 'https://two.example.org/');
    network = (_, { url }) => (url.includes('one') ? silentProxy : url.includes('two') ? {} : refusedLogin);
    expect(await wayOut.tryOut(candidate)).toBeNull();
  });

  test('looks at the proxy itself when everything needed is reached directly', async () => {
    vault('one', 'https://one.example.org/');
    network = (_, { url }) => (url.includes('one') ? { way: 'direct' } : refusedLogin);
    expect(await wayOut.tryOut(candidate)).toMatchObject({ neededBy: 'the proxy itself', ok: false });
    network = () => ({ way: 'direct' });
    expect(await wayOut.tryOut(candidate)).toBeNull();
  });

  test('is lost when an address that is reached now would not be', async () => {
    vault('one', 'https://one.example.org/');
    vault('two', 'https://two.example.org/');
    network = ({ settings }, { url }) =>
      settings.route.mode === 'manual' && url.includes('two') ? deadServer : {};
    expect(await wayOut.tryOut(candidate)).toMatchObject({
      url: 'https://two.example.org/',
      neededBy: 'credential store two',
    });
  });

  test('is not lost over a server that is down either way', async () => {
    vault('one', 'https://one.example.org/');
    network = () => deadServer;
    expect(await wayOut.tryOut(candidate)).toBeNull();
  });

  test('is lost when the proxy itself refuses, whatever works now', async () => {
    vault('one', 'https://one.example.org/');
    network = () => refusedLogin;
    expect(await wayOut.tryOut(candidate)).toMatchObject({ ok: false });
  });
});

describe('the proxy doctor', () => {
  test('looks at what authorities and credential stores need, and says who needs it', async () => {
    vault('one', 'https://one.example.org/');
    const report = await wayOut.test();
    expect(report).toMatchObject({ ok: true, trips: [{ neededBy: 'credential store one', way: 'none' }] });
    expect(report.trips[0]?.steps.at(-1)).toEqual({
      name: 'answer',
      ok: true,
      sentence: 'The server answered 200.',
    });
  });

  test('looks at the proxy alone while the agent needs no address', async () => {
    expect(await wayOut.test()).toMatchObject({ ok: true, trips: [] });
    set(through, 'one');
    network = () => ({ ...refusedLogin, way: 'proxy proxy.example.org:3128' });
    expect(await wayOut.test()).toMatchObject({
      ok: false,
      trips: [{ url: 'proxy proxy.example.org:3128', neededBy: 'the proxy itself', ok: false }],
    });
  });

  test('carries what the server failed with', async () => {
    wayOut.stop();
    wayOut = new WayOut({
      database: store.database,
      clock,
      log: silentLog,
      changed: () => {},
      finder: (setting) => ({
        ...finder(setting),
        ask: () => Promise.reject(new Failure('net.timeout', 'It did not answer in time.')),
      }),
    });
    const report = await wayOut.test('https://elsewhere.example.org/');
    expect(report.ok).toBe(false);
    expect(report.trips).toMatchObject([
      { url: 'https://elsewhere.example.org/', neededBy: 'you', ok: false },
    ]);
    expect(report.trips[0]?.steps.at(-1)?.sentence).toBe('It did not answer in time.');
  });
});
