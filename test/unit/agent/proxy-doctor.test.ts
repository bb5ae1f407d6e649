import { describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { OutboundProxy } from '../../../electron/agent/proxy.ts';
import type { Way } from '../../../electron/agent/proxy-doctor.ts';
import {
  clock,
  closed,
  finder,
  fixture,
  opened,
  prepareOutboundProxy,
  scene,
  set,
  through,
} from './proxy-way.ts';

prepareOutboundProxy();

function vault(name: string, url: string): void {
  fixture.database.credentialStores.insert({
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
    scene.network = () => deadServer;
    expect(await scene.outbound.tryOut(candidate)).toBeNull();
    scene.network = () => refusedLogin;
    expect(await scene.outbound.tryOut(candidate)).toMatchObject({ neededBy: 'the proxy itself', ok: false });
    expect(opened).toBeGreaterThan(0);
    expect(closed).toBe(opened);
  });

  test('is lost at something that takes connections and never answers, whatever is needed', async () => {
    scene.network = () => silentProxy;
    expect(await scene.outbound.tryOut(candidate)).toMatchObject({
      ok: false,
      steps: [{ name: 'proxy' }, { sentence: 'The proxy did not answer.' }],
    });
    vault('one', 'https://one.example.org/');
    expect(await scene.outbound.tryOut(candidate)).toMatchObject({ ok: false, neededBy: 'the proxy itself' });
  });

  test('is not lost at a proxy that waits for a server which is silent either way, and answers for others', async () => {
    vault('one', 'https://one.example.org/');
    scene.network = (_, { url }) => (url.includes('one') ? silentProxy : deadServer);
    expect(await scene.outbound.tryOut(candidate)).toBeNull();
    vault('two', 'https://two.example.org/');
    scene.network = (_, { url }) =>
      url.includes('one') ? silentProxy : url.includes('two') ? {} : refusedLogin;
    expect(await scene.outbound.tryOut(candidate)).toBeNull();
  });

  test('looks at the proxy itself when everything needed is reached directly', async () => {
    vault('one', 'https://one.example.org/');
    scene.network = (_, { url }) => (url.includes('one') ? { way: 'direct' } : refusedLogin);
    expect(await scene.outbound.tryOut(candidate)).toMatchObject({ neededBy: 'the proxy itself', ok: false });
    scene.network = () => ({ way: 'direct' });
    expect(await scene.outbound.tryOut(candidate)).toBeNull();
  });

  test('is lost when an address that is reached now would not be', async () => {
    vault('one', 'https://one.example.org/');
    vault('two', 'https://two.example.org/');
    scene.network = ({ settings }, { url }) =>
      settings.route.mode === 'manual' && url.includes('two') ? deadServer : {};
    expect(await scene.outbound.tryOut(candidate)).toMatchObject({
      url: 'https://two.example.org/',
      neededBy: 'credential store two',
    });
  });

  test('is not lost over a server that is down either way', async () => {
    vault('one', 'https://one.example.org/');
    scene.network = () => deadServer;
    expect(await scene.outbound.tryOut(candidate)).toBeNull();
  });

  test('is lost when the proxy itself refuses, whatever works now', async () => {
    vault('one', 'https://one.example.org/');
    scene.network = () => refusedLogin;
    expect(await scene.outbound.tryOut(candidate)).toMatchObject({ ok: false });
  });
});

describe('the proxy doctor', () => {
  test('looks at what authorities and credential stores need, and says who needs it', async () => {
    vault('one', 'https://one.example.org/');
    const report = await scene.outbound.test();
    expect(report).toMatchObject({ ok: true, trips: [{ neededBy: 'credential store one', way: 'none' }] });
    expect(report.trips[0]?.steps.at(-1)).toEqual({
      name: 'answer',
      ok: true,
      sentence: 'The server answered 200.',
    });
  });

  test('looks at the proxy alone while the agent needs no address', async () => {
    expect(await scene.outbound.test()).toMatchObject({ ok: true, trips: [] });
    set(through, 'one');
    scene.network = () => ({ ...refusedLogin, way: 'proxy proxy.example.org:3128' });
    expect(await scene.outbound.test()).toMatchObject({
      ok: false,
      trips: [{ url: 'proxy proxy.example.org:3128', neededBy: 'the proxy itself', ok: false }],
    });
  });

  test('carries what the server failed with', async () => {
    scene.outbound.stop();
    scene.outbound = new OutboundProxy({
      database: fixture.database,
      clock,
      log: silentLog,
      changed: () => {},
      reverted: () => {},
      finder: (setting) => ({
        ...finder(setting),
        ask: () => Promise.reject(new Failure('net.timeout', 'It did not answer in time.')),
      }),
    });
    const report = await scene.outbound.test('https://elsewhere.example.org/');
    expect(report.ok).toBe(false);
    expect(report.trips).toMatchObject([
      { url: 'https://elsewhere.example.org/', neededBy: 'you', ok: false },
    ]);
    expect(report.trips[0]?.steps.at(-1)?.sentence).toBe('It did not answer in time.');
  });
});
