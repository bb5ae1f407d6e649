import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog, silentLog } from '#kit/log.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';
import type { ProxyConfig } from '../../../electron/net/proxy/config.ts';
import { makeCa, makeLeaf } from '../../make/certificates.ts';
import { manualProxy, noProxy, outerAddress, pacProxy } from '../../make/proxy-config.ts';
import { SteppedClock } from '../../make/stepped-clock.ts';
import { startPacServer } from '../../servers/pac-server.ts';
import { haveSquid, type RunningSquid, type SquidOptions, startSquid } from '../../servers/squid.ts';

const outer = outerAddress();
const root = makeCa({ commonName: 'Vault root' });
const leaf = makeLeaf(root, { names: ['vault.test', 'other.test', ...(outer === null ? [] : [outer])] });
const trust = { trustedRootsPem: root.certPem };
const password = 'p@ss:wörd';

let directory: string;
let hosts: string;
let server: Server;
let plain: ReturnType<typeof createPlainServer>;
let port: number;
let plainPort: number;
const seen: { url: string; headers: IncomingHttpHeaders; from: number }[] = [];
const later: (() => unknown)[] = [];
/** Answers to `/slow` that the test gives when it likes. */
const held: (() => void)[] = [];
const waiting = { timeout: 20_000, interval: 20 };
/** Ports that nobody is given by chance, so nobody listens there. */
const [nowhere, nowhereElse] = [998, 999];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trustkeep-proxy-'));
  await chmod(directory, 0o755);
  hosts = join(directory, 'hosts');
  await writeFile(hosts, '127.0.0.1 vault.test other.test\n');
  server = createServer(
    { cert: leaf.chainPem, key: leaf.keyPem, keepAliveTimeout: 30_000 },
    (request, response) => {
      seen.push({ url: request.url ?? '', headers: request.headers, from: request.socket.remotePort ?? 0 });
      if (request.url === '/slow') held.push(() => response.end('slow'));
      else response.end(`safe ${request.url}`);
    },
  );
  plain = createPlainServer((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers, from: request.socket.remotePort ?? 0 });
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
    });
    request.on('end', () => response.end(`plain ${request.method} ${size}`));
  });
  [port, plainPort] = await Promise.all([listening(server), listening(plain)]);
});
afterEach(async () => {
  seen.length = 0;
  for (const answer of held.splice(0)) answer();
  for (const end of later.splice(0).toReversed()) await end();
});
afterAll(async () => {
  server.closeAllConnections();
  plain.closeAllConnections();
  server.close();
  plain.close();
  await rm(directory, { recursive: true });
});

async function listening(one: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => one.listen(0, '0.0.0.0', resolve));
  const place = one.address();
  return typeof place === 'object' && place !== null ? place.port : 0;
}

const shared = new Map<SquidOptions['auth'], Promise<RunningSquid>>();
afterAll(async () => {
  await Promise.all([...shared.values()].map(async (running) => (await running).stop()));
});

function begin(auth: SquidOptions['auth'], rules: string[] = []): Promise<RunningSquid> {
  const users = auth === 'none' || auth === 'ntlm' ? {} : { alice: password };
  return startSquid({ auth, users, rules: [`hosts_file ${hosts}`, ...rules] });
}

/** One for all tests that do not look into its log. */
function squid(auth: SquidOptions['auth']): Promise<RunningSquid> {
  const running = shared.get(auth) ?? begin(auth);
  shared.set(auth, running);
  return running;
}

async function ownSquid(auth: SquidOptions['auth'], rules: string[] = []): Promise<RunningSquid> {
  const running = await begin(auth, rules);
  later.push(() => running.stop());
  return running;
}

async function pacServer(script: string) {
  const running = await startPacServer(script);
  later.push(() => running.stop());
  return running;
}
const pacSaying = (answer: string) => `function FindProxyForURL(url, host) { return "${answer}"; }`;

function client(setting: ProxyConfig | (() => ProxyConfig), lines?: string[]): Http {
  const log = lines === undefined ? silentLog : makeLog((line) => lines.push(line), 'debug', Date.now);
  const proxy = typeof setting === 'function' ? setting : () => setting;
  const http = makeHttp({ userAgent: 'Trustkeep/1', clock: systemClock, log, proxy });
  later.push(() => http.close());
  return http;
}

const url = (path = '/', name = 'vault.test') => `https://${name}:${port}${path}`;
const get = (http: Http, address = url(), more: object = {}) =>
  http.request({ method: 'GET', url: address, ...trust, ...more });
const connects = async (running: RunningSquid) =>
  (await running.accessLog()).filter((line) => line.startsWith('CONNECT') && line.includes(' 200 '));
/** Squid writes the line of a tunnel when it ends; all of them, once so many are there. */
const connectsOnceClosed = async (running: RunningSquid, http: Http, count = 1) => {
  await http.close();
  await expect.poll(async () => (await connects(running)).length, waiting).toBeGreaterThanOrEqual(count);
  await systemClock.sleep(50); // one too many would come with them
  return connects(running);
};

describe.skipIf(!haveSquid())('through one proxy', () => {
  const ways: [SquidOptions['auth'], object][] = [
    ['none', {}],
    ['basic', { user: 'alice', password }],
    ['digest', { user: 'alice', password }],
    ['ntlm', { user: 'alice', password, domain: 'CORP' }],
  ];

  test.each(ways)('that asks for “%s” a request arrives, and its connection is kept', async (auth, login) => {
    const proxy = await ownSquid(auth);
    const http = client(manualProxy(proxy.port, login));
    for (const path of ['/one', '/two', '/three'])
      expect((await get(http, url(path))).body.toString()).toBe(`safe ${path}`);
    expect(new Set(seen.map(({ from }) => from)).size).toBe(1);
    expect(await connectsOnceClosed(proxy, http)).toHaveLength(1);
  });

  test.each(ways)('that asks for “%s” an http address is reached too, with its body', async (auth, login) => {
    const proxy = await squid(auth);
    const http = client(manualProxy(proxy.port, login));
    const address = `http://vault.test:${plainPort}/x?y=z`;
    const answer = await http.request({ method: 'POST', url: address, body: 'hello' });
    expect(answer.body.toString()).toBe('plain POST 5');
    expect(seen.map((one) => one.url)).toEqual(['/x?y=z']);
  });

  test.each(ways)('that asks for “%s” the destination learns nothing of the log-in', async (auth, login) => {
    const proxy = await squid(auth);
    const lines: string[] = [];
    const http = client(manualProxy(proxy.port, login), lines);
    const headers = { 'Proxy-Authorization': 'Basic hush', 'proxy-connection': 'x', 'x-own': '1' };
    await get(http, url(), { headers });
    await http.request({ method: 'GET', url: `http://vault.test:${plainPort}/`, headers });
    await http.reach({ url: url(), ...trust });
    expect(seen).toHaveLength(2);
    for (const { headers: arrived } of seen) {
      expect(Object.keys(arrived).filter((name) => name.startsWith('proxy-'))).toEqual([]);
      expect(JSON.stringify(arrived)).not.toMatch(/hush|NTLM|Digest|p@ss/);
      expect(arrived['x-own']).toBe('1');
    }
    expect(lines.join('\n')).not.toMatch(/p@ss|cEBzcz|Basic |NTLM T/);
  });

  test('fifty requests at once arrive, each logged in by NTLM', async () => {
    const proxy = await squid('ntlm');
    const http = client(manualProxy(proxy.port, { user: 'alice', password, domain: 'CORP' }));
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => get(http, url(`/${n}`))));
    expect(answers.map(({ body }) => body.toString())).toEqual(
      Array.from({ length: 50 }, (_, n) => `safe /${n}`),
    );
  });

  test('a wrong password is told as such, by request and by steps', async () => {
    const proxy = await squid('basic');
    const http = client(manualProxy(proxy.port, { user: 'alice', password: 'wrong' }));
    await expect(get(http)).rejects.toMatchObject({ code: expect.stringMatching(/^proxy\./) });
    const found = await http.reach({ url: url(), ...trust });
    expect(found).toMatchObject({ ok: false, way: `proxy 127.0.0.1:${proxy.port}`, certificate: null });
    expect(found.steps.at(-1)).toMatchObject({ name: 'authentication', ok: false });
  });

  test('a destination that the proxy refuses is told as such', async () => {
    const proxy = await ownSquid('none', ['acl bad dstdomain vault.test', 'http_access deny bad']);
    const http = client(manualProxy(proxy.port));
    await expect(get(http)).rejects.toMatchObject({ code: 'proxy.refused-connect' });
    expect((await http.reach({ url: url() })).steps.at(-1)).toMatchObject({ name: 'tunnel', ok: false });
  });

  test('a certificate that is not trusted is told by its issuer, as seen through the proxy', async () => {
    const proxy = await squid('none');
    const http = client(manualProxy(proxy.port));
    await expect(http.request({ method: 'GET', url: url() })).rejects.toMatchObject({
      code: 'proxy.intercepts',
      message: `The certificate shown for vault.test:${port} behind the proxy 127.0.0.1:${proxy.port} was issued by “Vault root”, which this machine does not trust: the proxy decrypts the traffic, or the server has a private CA.`,
      hint: expect.stringContaining('trusted_roots'),
    });
    expect(await http.reach({ url: url() })).toMatchObject({
      ok: false,
      interceptedBy: 'Vault root',
      certificate: { trusted: false },
    });
  });

  test('trust given for one request is not there for the next', async () => {
    const proxy = await squid('none');
    const http = client(manualProxy(proxy.port));
    await get(http);
    await expect(http.request({ method: 'GET', url: url() })).rejects.toMatchObject({
      code: 'proxy.intercepts',
    });
    await expect(get(http, `https://localhost:${port}/`)).rejects.toMatchObject({
      code: 'net.tls-name-mismatch',
    });
  });

  test('the way is told step by step', async () => {
    const proxy = await squid('ntlm');
    const http = client(manualProxy(proxy.port, { user: 'alice', password, domain: 'CORP' }));
    const found = await http.reach({ url: url(), ...trust });
    expect(found).toMatchObject({
      ok: true,
      way: `proxy 127.0.0.1:${proxy.port}`,
      interceptedBy: null,
      certificate: { subject: 'vault.test', issuer: 'Vault root', trusted: true },
      failure: null,
    });
    expect([...new Set(found.steps.map(({ name }) => name))]).toEqual([
      'route',
      'proxy',
      'authentication',
      'tunnel',
      'tls',
    ]);
    expect(found.steps[0]?.sentence).toBe(
      `The setting uses the proxy 127.0.0.1:${proxy.port} for vault.test:${port}.`,
    );
    const overHttp = await http.reach({ url: `http://vault.test:${plainPort}/deep?secret=1` });
    expect(overHttp.ok).toBe(true);
    expect(seen.map((one) => one.url)).toEqual(['/']);
  });

  test('nobody home at the proxy is told as such', async () => {
    const http = client(manualProxy(nowhere));
    await expect(get(http)).rejects.toMatchObject({ code: 'proxy.unreachable', retry: 'later' });
    const found = await http.reach({ url: url() });
    expect(found.steps.map(({ name, ok }) => [name, ok])).toEqual([
      ['route', true],
      ['proxy', false],
    ]);
  });

  test('a proxy that says nothing costs no more than the caller gives', async () => {
    const silent = createTcpServer((socket) => void socket.on('error', () => {}).resume());
    const silentPort = await listening(silent);
    later.push(() => new Promise((resolve) => silent.close(resolve)));
    const http = client(manualProxy(silentPort));
    const started = performance.now();
    await expect(get(http, url(), { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'net.timeout',
      message: `vault.test:${port} (through the proxy 127.0.0.1:${silentPort}) did not answer in time.`,
    });
    const found = await http.reach({ url: url(), timeoutMs: 500 });
    expect(found).toMatchObject({ ok: false, failure: { code: 'proxy.timeout' } });
    expect(performance.now() - started).toBeLessThan(15_000); // without a limit of the caller it is 20 or 30 s
    await http.close();
  });
});

describe.skipIf(!haveSquid())('what never goes through the proxy', () => {
  test('loopback, whatever the setting', async () => {
    const proxy = await ownSquid('none');
    const http = client(manualProxy(proxy.port));
    const answer = await http.request({ method: 'GET', url: `http://127.0.0.1:${plainPort}/` });
    expect(answer.status).toBe(200);
    const found = await http.reach({ url: `http://localhost:${plainPort}/` });
    expect(found).toMatchObject({ ok: true, way: 'direct' });
    expect(found.steps[0]).toMatchObject({
      name: 'route',
      sentence: expect.stringContaining('on this machine'),
    });
    expect(await proxy.accessLog()).toEqual([]);
  });

  test.skipIf(outer === null)('what is in the list, the rule being named', async () => {
    const proxy = await ownSquid('none');
    const http = client(manualProxy(proxy.port, {}, ['*.corp', `${outer}/32`]));
    expect((await get(http, url('/', outer ?? ''))).status).toBe(200);
    const found = await http.reach({ url: url('/', outer ?? ''), ...trust });
    expect(found).toMatchObject({ ok: true, way: 'direct' });
    expect(found.steps.map(({ name }) => name)).toEqual(['route', 'resolve', 'connect', 'tls']);
    expect(found.steps[0]?.sentence).toContain(`“${outer}/32”`);
    expect(await proxy.accessLog()).toEqual([]);
    await get(http);
    expect(await connectsOnceClosed(proxy, http)).toHaveLength(1);
  });
});

describe.skipIf(!haveSquid())('as a PAC file says', () => {
  test('requests go through the proxy it names, and the answer is among the steps', async () => {
    const proxy = await ownSquid('digest');
    const pac = await pacServer(
      `function FindProxyForURL(url, host) { return shExpMatch(host, "vault.*") ? "SOCKS s:1; PROXY 127.0.0.1:${proxy.port}" : "PROXY 127.0.0.1:1"; }`,
    );
    const http = client(pacProxy(pac.url, { user: 'alice', password }));
    await get(http);
    await get(http, url('/again'));
    const found = await http.reach({ url: url(), ...trust });
    expect(found.ok).toBe(true);
    expect(found.steps[0]?.sentence).toBe(
      `The PAC file ${pac.url} answers “SOCKS s:1; PROXY 127.0.0.1:${proxy.port}” for vault.test:${port}. “SOCKS s:1” is skipped: Trustkeep does not support it.`,
    );
    await expect(get(http, url('/', 'other.test'))).rejects.toMatchObject({ code: 'proxy.unreachable' });
    expect(pac.requests).toHaveLength(1);
    expect(pac.requests[0]?.['user-agent']).toBe('Trustkeep/1');
    expect(await connectsOnceClosed(proxy, http, 2)).toHaveLength(2);
  });

  test('the file is renewed after ten minutes; while its server is gone, the last one stays in use', async () => {
    const proxy = await squid('none');
    const pac = await startPacServer({
      script: pacSaying(`PROXY 127.0.0.1:${proxy.port}`),
      headers: { etag: '"1"' },
    });
    const clock = new SteppedClock();
    const lines: string[] = [];
    const log = makeLog((line) => lines.push(line), 'info', Date.now);
    const setting = pacProxy(pac.url);
    const http = makeHttp({ userAgent: 'x', clock, log, proxy: () => setting });
    later.push(() => http.close());
    await get(http);
    clock.step(10 * 60_000);
    await get(http);
    expect(pac.requests.map((headers) => headers['if-none-match'])).toEqual([undefined, '"1"']);
    pac.serve(pacSaying(`PROXY 127.0.0.1:${nowhere}`));
    clock.step(10 * 60_000);
    await expect(get(http)).rejects.toMatchObject({ code: 'proxy.unreachable' });
    pac.serve(pacSaying(`PROXY 127.0.0.1:${proxy.port}`));
    clock.step(10_000); // no way worked, so it is looked at again, and the request goes on by what it says now
    await get(http);
    await pac.stop();
    clock.step(10 * 60_000);
    await get(http);
    expect(lines.join('\n')).toMatch(/could not be fetched again; the previous one stays in use/);
  });

  test('the next proxy is tried when one is down, which is then asked last', async () => {
    const [proxy, down] = [await squid('none'), nowhere];
    const pac = await pacServer(pacSaying(`PROXY 127.0.0.1:${down}; PROXY 127.0.0.1:${proxy.port}`));
    const lines: string[] = [];
    const http = client(pacProxy(pac.url), lines);
    const first = await http.reach({ url: url(), ...trust });
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
    await http.request({ method: 'POST', url: url('/post'), ...trust, body: 'once' });
    expect(seen.filter((one) => one.url === '/post')).toHaveLength(1);
    const second = await http.reach({ url: url(), ...trust });
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
    const http = client(pacProxy(pac.url));
    expect((await get(http, url('/', outer ?? ''))).status).toBe(200);
    const found = await http.reach({ url: url('/', outer ?? ''), ...trust });
    expect(found).toMatchObject({ ok: true, way: 'direct' });
  });

  test('a refusal of the proxy or of the destination is no reason to try another', async () => {
    const [first, second] = [await ownSquid('basic'), await ownSquid('none')];
    const pac = await pacServer(pacSaying(`PROXY 127.0.0.1:${first.port}; PROXY 127.0.0.1:${second.port}`));
    const http = client(pacProxy(pac.url, { user: 'alice', password: 'wrong' }));
    await expect(get(http)).rejects.toMatchObject({ code: expect.stringMatching(/^proxy\./) });
    await expect(http.reach({ url: url() })).resolves.toMatchObject({ ok: false });
    expect(await second.accessLog()).toEqual([]);
  });

  test('when none of its ways works, all are named', async () => {
    const pac = await pacServer(pacSaying(`PROXY 127.0.0.1:${nowhere}; PROXY 127.0.0.1:${nowhereElse}`));
    const http = client(pacProxy(pac.url));
    await expect(get(http)).rejects.toMatchObject({
      code: 'proxy.no-way',
      retry: 'later',
      message: expect.stringMatching(new RegExp(`127.0.0.1:${nowhere}, proxy 127.0.0.1:${nowhereElse}`)),
    });
  });

  test('an endless loop is stopped, and the loop of the agent goes on', async () => {
    const pac = await pacServer('function FindProxyForURL() { for (;;); }');
    const http = client(pacProxy(pac.url));
    await expect(get(http)).rejects.toMatchObject({ code: 'proxy.pac-timeout' });
    const found = await http.reach({ url: url() });
    expect(found).toMatchObject({ ok: false, failure: { code: 'proxy.pac-timeout' } });
    expect(found.steps).toEqual([{ name: 'route', ok: false, sentence: expect.stringContaining(pac.url) }]);
  });

  test.each([
    ['ten megabytes', `//${'x'.repeat(10 * 1024 * 1024)}`, 'proxy.pac-too-large'],
    ['no end', 'endless', 'proxy.pac-too-large'],
    ['a page instead', '<html>Please log in</html>', 'proxy.pac-unreadable'],
  ])('a file of %s is refused', async (_what, script, code) => {
    const pac = await pacServer(script);
    const http = client(pacProxy(pac.url));
    await expect(get(http)).rejects.toMatchObject({ code });
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
    later.push(() => http.close());
    const getting = expect(get(http)).rejects.toMatchObject({
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
    const http = client(pacProxy(pac.url));
    await expect(get(http, url(), { timeoutMs: 200 })).rejects.toMatchObject({ code: 'net.timeout' });
  });
});

describe.skipIf(!haveSquid())('a change of the setting', () => {
  test('holds for the next request, and what runs is not disturbed', async () => {
    const [one, two] = [await ownSquid('none'), await ownSquid('none')];
    let setting = manualProxy(one.port);
    const http = client(() => setting);
    await get(http);
    const running = get(http, url('/slow'));
    await expect.poll(() => held.length, waiting).toBe(1);
    setting = manualProxy(two.port);
    expect((await get(http, url('/next'))).body.toString()).toBe('safe /next');
    for (const answer of held.splice(0)) answer();
    expect((await running).body.toString()).toBe('slow');
    await expect.poll(async () => (await connects(one)).length, waiting).toBeGreaterThan(0);
    expect(await connects(one)).toHaveLength(1); // kept for both, and closed now
    expect(new Set(seen.map(({ from }) => from)).size).toBe(2);
    setting = noProxy();
    await expect(get(http)).rejects.toMatchObject({ code: 'net.unresolved' });
    expect(await connectsOnceClosed(two, http)).toHaveLength(1);
  });

  test.skipIf(outer === null)('a connection of one way is never used for another', async () => {
    const proxy = await ownSquid('none');
    let setting = noProxy();
    const http = client(() => setting);
    const address = url('/', outer ?? '');
    await get(http, address);
    setting = manualProxy(proxy.port);
    await get(http, address);
    setting = noProxy();
    await get(http, address);
    expect(new Set(seen.map(({ from }) => from)).size).toBe(3);
    expect(await connectsOnceClosed(proxy, http)).toHaveLength(1);
  });
});
