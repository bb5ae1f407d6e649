import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog, silentLog } from '#kit/log.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { pacProxy } from '../../make/proxy-config.ts';
import { SteppedClock } from '../../make/stepped-clock.ts';
import { startPacServer } from '../../servers/pac-server.ts';
import { haveSquid } from '../../servers/squid.ts';
import {
  BehindProxy,
  connectsOnceClosed,
  nowhere,
  nowhereElse,
  outer,
  password,
  trust,
  waiting,
} from './behind-proxy.ts';

const behind = new BehindProxy();

async function pacServer(script: string) {
  const running = await startPacServer(script);
  behind.later.push(() => running.stop());
  return running;
}

const pacSaying = (answer: string) => `function FindProxyForURL(url, host) { return "${answer}"; }`;

describe.skipIf(!haveSquid())('as a PAC file says', () => {
  test('requests go through the proxy it names, and the answer is among the steps', async () => {
    const proxy = await behind.ownSquid('digest');
    const pac = await pacServer(
      `function FindProxyForURL(url, host) { return shExpMatch(host, "vault.*") ? "SOCKS s:1; PROXY 127.0.0.1:${proxy.port}" : "PROXY 127.0.0.1:1"; }`,
    );
    const http = behind.client(pacProxy(pac.url, { user: 'alice', password }));
    await behind.get(http);
    await behind.get(http, behind.url('/again'));
    const found = await http.reach({ url: behind.url(), ...trust });
    expect(found.ok).toBe(true);
    expect(found.steps[0]?.sentence).toBe(
      `The PAC file ${pac.url} answers "SOCKS s:1; PROXY 127.0.0.1:${proxy.port}" for vault.test:${behind.port}. "SOCKS s:1" is skipped: Trustkeep does not support it.`,
    );
    await expect(behind.get(http, behind.url('/', 'other.test'))).rejects.toMatchObject({
      code: 'proxy.unreachable',
    });
    expect(pac.requests).toHaveLength(1);
    expect(pac.requests[0]?.['user-agent']).toBe('Trustkeep/1');
    expect(await connectsOnceClosed(proxy, http, 2)).toHaveLength(2);
  });

  test('the file is renewed after ten minutes; while its server is gone, the last one stays in use', async () => {
    const proxy = await behind.squid('none');
    const pac = await startPacServer({
      script: pacSaying(`PROXY 127.0.0.1:${proxy.port}`),
      headers: { etag: '"1"' },
    });
    const clock = new SteppedClock();
    const lines: string[] = [];
    const log = makeLog((line) => lines.push(line), 'info', Date.now);
    const setting = pacProxy(pac.url);
    const http = makeHttp({ userAgent: 'x', clock, log, proxy: () => setting });
    behind.later.push(() => http.close());
    await behind.get(http);
    clock.step(10 * 60_000);
    await behind.get(http);
    expect(pac.requests.map((headers) => headers['if-none-match'])).toEqual([undefined, '"1"']);
    pac.serve(pacSaying(`PROXY 127.0.0.1:${nowhere}`));
    clock.step(10 * 60_000);
    await expect(behind.get(http)).rejects.toMatchObject({ code: 'proxy.unreachable' });
    pac.serve(pacSaying(`PROXY 127.0.0.1:${proxy.port}`));
    clock.step(10_000); // no way worked, so it is looked at again, and the request goes on by what it says now
    await behind.get(http);
    await pac.stop();
    clock.step(10 * 60_000);
    await behind.get(http);
    expect(lines.join('\n')).toMatch(/could not be fetched again; the previous one stays in use/);
  });

  test('the next proxy is tried when one is down, which is then asked last', async () => {
    const [proxy, down] = [await behind.squid('none'), nowhere];
    const pac = await pacServer(pacSaying(`PROXY 127.0.0.1:${down}; PROXY 127.0.0.1:${proxy.port}`));
    const lines: string[] = [];
    const http = behind.client(pacProxy(pac.url), lines);
    const first = await http.reach({ url: behind.url(), ...trust });
    expect(first).toMatchObject({ ok: true, way: `proxy 127.0.0.1:${proxy.port}` });
    expect(first.steps.map(({ name }) => name)).toEqual([
      'route',
      'proxy',
      'proxy',
      'authentication',
      'tunnel',
      'tls',
    ]);
    expect(first.steps[1]?.sentence).toMatch(new RegExp(`127.0.0.1:${down}.* The next route is tried.$`));
    expect(first.steps.every(({ ok }) => ok)).toBe(true);
    await http.request({ method: 'POST', url: behind.url('/post'), ...trust, body: 'once' });
    expect(behind.seen.filter((one) => one.url === '/post')).toHaveLength(1);
    const second = await http.reach({ url: behind.url(), ...trust });
    expect(second.steps.map(({ name }) => name)).toEqual([
      'route',
      'proxy',
      'authentication',
      'tunnel',
      'tls',
    ]);
    expect(second.steps[0]?.sentence).toContain(
      `proxy 127.0.0.1:${down} did not answer recently and is tried last`,
    );
    expect(lines.join('\n')).toContain('is asked last');
  });

  test.skipIf(outer === null)('DIRECT at the end is taken when the proxies are down', async () => {
    const pac = await pacServer(pacSaying(`PROXY 127.0.0.1:${nowhere}; DIRECT`));
    const http = behind.client(pacProxy(pac.url));
    expect((await behind.get(http, behind.url('/', outer ?? ''))).status).toBe(200);
    const found = await http.reach({ url: behind.url('/', outer ?? ''), ...trust });
    expect(found).toMatchObject({ ok: true, way: 'direct' });
  });

  test('a refusal of the proxy or of the destination is no reason to try another', async () => {
    const [first, second] = [await behind.ownSquid('basic'), await behind.ownSquid('none')];
    const pac = await pacServer(pacSaying(`PROXY 127.0.0.1:${first.port}; PROXY 127.0.0.1:${second.port}`));
    const http = behind.client(pacProxy(pac.url, { user: 'alice', password: 'wrong' }));
    await expect(behind.get(http)).rejects.toMatchObject({ code: expect.stringMatching(/^proxy\./) });
    await expect(http.reach({ url: behind.url() })).resolves.toMatchObject({ ok: false });
    expect(await second.accessLog()).toEqual([]);
  });

  test('when none of its ways works, all are named', async () => {
    const pac = await pacServer(pacSaying(`PROXY 127.0.0.1:${nowhere}; PROXY 127.0.0.1:${nowhereElse}`));
    const http = behind.client(pacProxy(pac.url));
    await expect(behind.get(http)).rejects.toMatchObject({
      code: 'proxy.no-way',
      retry: 'later',
      message: expect.stringMatching(new RegExp(`127.0.0.1:${nowhere}, proxy 127.0.0.1:${nowhereElse}`)),
    });
  });

  test('an endless loop is stopped, and the loop of the agent goes on', async () => {
    const pac = await pacServer('function FindProxyForURL() { for (;;); }');
    const http = behind.client(pacProxy(pac.url));
    await expect(behind.get(http)).rejects.toMatchObject({ code: 'proxy.pac-timeout' });
    const found = await http.reach({ url: behind.url() });
    expect(found).toMatchObject({ ok: false, failure: { code: 'proxy.pac-timeout' } });
    expect(found.steps).toEqual([{ name: 'route', ok: false, sentence: expect.stringContaining(pac.url) }]);
  });

  test.each([
    ['ten megabytes', `//${'x'.repeat(10 * 1024 * 1024)}`, 'proxy.pac-too-large'],
    ['no end', 'endless', 'proxy.pac-too-large'],
    ['a page instead', '<html>Please log in</html>', 'proxy.pac-unreadable'],
  ])('a file of %s is refused', async (_what, script, code) => {
    const pac = await pacServer(script);
    const http = behind.client(pacProxy(pac.url));
    await expect(behind.get(http)).rejects.toMatchObject({ code });
    expect(pac.taken()).toBeLessThan(20 * 1024 * 1024);
  });

  test('a server that says nothing is given up after five seconds', async () => {
    const pac = await pacServer('silent');
    const fiveSeconds: (() => void)[] = [];
    const after = (ms: number, run: () => void) => {
      if (ms > 4000 && ms <= 5000) fiveSeconds.push(run);
      return systemClock.after(ms, run);
    };
    const setting = pacProxy(pac.url);
    const clock = { ...systemClock, after };
    const http = makeHttp({ userAgent: 'x', clock, log: silentLog, proxy: () => setting });
    behind.later.push(() => http.close());
    const getting = expect(behind.get(http)).rejects.toMatchObject({
      code: 'proxy.pac-unreachable',
      message: expect.stringContaining('did not answer in time'),
    });
    await expect.poll(() => pac.requests.length, waiting).toBe(1);
    expect(fiveSeconds).toHaveLength(1);
    for (const pass of fiveSeconds) pass();
    await getting;
  });

  test('a caller does not wait for it longer than for the request', async () => {
    const pac = await pacServer('silent');
    const http = behind.client(pacProxy(pac.url));
    await expect(behind.get(http, behind.url(), { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'net.timeout',
    });
  });
});
