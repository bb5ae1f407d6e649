import { afterEach, beforeEach } from 'vitest';
import { silentLog } from '#kit/log.ts';
import type { ProxyRoute, ProxySettings } from '#shared/model/proxy.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { makeDatabase, type TestDatabase } from '#test/make/database.ts';
import { OutboundProxy } from '../../../electron/agent/proxy.ts';
import type { NeededAddress, Way, WayFinder } from '../../../electron/agent/proxy-doctor.ts';
import type { ProxyInForce } from '../../../electron/agent/stored-proxy.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

export const manual = {
  mode: 'manual',
  host: 'proxy.example.org',
  port: 3128,
  user: 'ann',
  domain: null,
} satisfies ProxyRoute;
export const through: ProxySettings = { route: manual, bypass: ['*.inside'] };
export const direct: ProxySettings = { route: { mode: 'none' }, bypass: [] };

export let fixture: TestDatabase;
export let clock: JumpingClock;
export let changes: number;
/** What a test may put in its place. */
export const scene = {} as {
  /** What the network looks like: answers by way and address. */
  network: (setting: ProxyInForce, address: NeededAddress) => Partial<Way>;
  outbound: OutboundProxy;
};
export let opened: number;
export let closed: number;

export function finder(setting: ProxyInForce): WayFinder {
  opened++;
  return {
    reach: async (address) => ({
      ok: true,
      way: setting.settings.route.mode,
      steps: [{ name: 'route', ok: true, sentence: 'As set.' }],
      certificate: null,
      interceptedBy: null,
      ...scene.network(setting, address),
    }),
    ask: async () => 'The server answered 200.',
    close: async () => void closed++,
  };
}

/** What was said of settings that nobody confirmed. */
export const reverted: string[] = [];

export function open(): OutboundProxy {
  const made = new OutboundProxy({
    database: fixture.database,
    clock,
    log: silentLog,
    changed: () => void changes++,
    reverted: (sentence) => void reverted.push(sentence),
    finder,
  });
  made.start();
  return made;
}

export function set(settings: ProxySettings, password: string | null, confirm?: number): void {
  scene.outbound.apply({ settings, password: password === null ? null : Secret.of(password) }, confirm);
  scene.outbound.settle();
}

/** Every test starts with a new store and a scene.network in which everything answers. */
export function prepareOutboundProxy(): void {
  beforeEach(() => {
    fixture = makeDatabase();
    clock = new JumpingClock();
    changes = 0;
    reverted.length = 0;
    opened = 0;
    closed = 0;
    scene.network = () => ({});
    scene.outbound = open();
  });
  afterEach(() => {
    scene.outbound.stop();
    fixture.remove();
  });
}
