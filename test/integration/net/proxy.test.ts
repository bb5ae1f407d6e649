import { createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { manualProxy } from '../../make/proxy-config.ts';
import { haveSquid, type SquidOptions } from '../../servers/squid.ts';
import { BehindProxy, connectsOnceClosed, listening, nowhere, password, trust } from './behind-proxy.ts';

const behind = new BehindProxy();

describe.skipIf(!haveSquid())('through one proxy', () => {
  const ways: [SquidOptions['auth'], object][] = [
    ['none', {}],
    ['basic', { user: 'alice', password }],
    ['digest', { user: 'alice', password }],
    ['ntlm', { user: 'alice', password, domain: 'CORP' }],
  ];

  test.each(ways)('that asks for "%s" a request arrives, and its connection is kept', async (auth, login) => {
    const proxy = await behind.ownSquid(auth);
    const http = behind.client(manualProxy(proxy.port, login));
    for (const path of ['/one', '/two', '/three'])
      expect((await behind.get(http, behind.url(path))).body.toString()).toBe(`safe ${path}`);
    expect(new Set(behind.seen.map(({ from }) => from)).size).toBe(1);
    expect(await connectsOnceClosed(proxy, http)).toHaveLength(1);
  });

  test.each(ways)('that asks for "%s" an http address is reached too, with its body', async (auth, login) => {
    const proxy = await behind.squid(auth);
    const http = behind.client(manualProxy(proxy.port, login));
    const address = `http://vault.test:${behind.plainPort}/x?y=z`;
    const answer = await http.request({ method: 'POST', url: address, body: 'hello' });
    expect(answer.body.toString()).toBe('plain POST 5');
    expect(behind.seen.map((one) => one.url)).toEqual(['/x?y=z']);
  });

  test.each(ways)('that asks for "%s" the destination learns nothing of the log-in', async (auth, login) => {
    const proxy = await behind.squid(auth);
    const lines: string[] = [];
    const http = behind.client(manualProxy(proxy.port, login), lines);
    const headers = { 'Proxy-Authorization': 'Basic hush', 'proxy-connection': 'x', 'x-own': '1' };
    await behind.get(http, behind.url(), { headers });
    await http.request({ method: 'GET', url: `http://vault.test:${behind.plainPort}/`, headers });
    await http.reach({ url: behind.url(), ...trust });
    expect(behind.seen).toHaveLength(2);
    for (const { headers: arrived } of behind.seen) {
      expect(Object.keys(arrived).filter((name) => name.startsWith('proxy-'))).toEqual([]);
      expect(JSON.stringify(arrived)).not.toMatch(/hush|NTLM|Digest|p@ss/);
      expect(arrived['x-own']).toBe('1');
    }
    expect(lines.join('\n')).not.toMatch(/p@ss|cEBzcz|Basic |NTLM T/);
  });

  test('fifty requests at once arrive, each logged in by NTLM', async () => {
    const proxy = await behind.squid('ntlm');
    const http = behind.client(manualProxy(proxy.port, { user: 'alice', password, domain: 'CORP' }));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => behind.get(http, behind.url(`/${n}`))),
    );
    expect(answers.map(({ body }) => body.toString())).toEqual(
      Array.from({ length: 50 }, (_, n) => `safe /${n}`),
    );
  });

  test('a wrong password is told as such, by request and by steps', async () => {
    const proxy = await behind.squid('basic');
    const http = behind.client(manualProxy(proxy.port, { user: 'alice', password: 'wrong' }));
    await expect(behind.get(http)).rejects.toMatchObject({ code: expect.stringMatching(/^proxy\./) });
    const found = await http.reach({ url: behind.url(), ...trust });
    expect(found).toMatchObject({ ok: false, way: `proxy 127.0.0.1:${proxy.port}`, certificate: null });
    expect(found.steps.at(-1)).toMatchObject({ name: 'authentication', ok: false });
  });

  test('a destination that the proxy refuses is told as such', async () => {
    const proxy = await behind.ownSquid('none', ['acl bad dstdomain vault.test', 'http_access deny bad']);
    const http = behind.client(manualProxy(proxy.port));
    await expect(behind.get(http)).rejects.toMatchObject({ code: 'proxy.refused-connect' });
    expect((await http.reach({ url: behind.url() })).steps.at(-1)).toMatchObject({
      name: 'tunnel',
      ok: false,
    });
  });

  test('a certificate that is not trusted is told by its issuer, as behind.seen through the proxy', async () => {
    const proxy = await behind.squid('none');
    const http = behind.client(manualProxy(proxy.port));
    await expect(http.request({ method: 'GET', url: behind.url() })).rejects.toMatchObject({
      code: 'proxy.intercepts',
      message: `The certificate shown for vault.test:${behind.port} behind the proxy 127.0.0.1:${proxy.port} was issued by "Vault root", which this machine does not trust: the proxy decrypts the traffic, or the server has a private CA.`,
      hint: expect.stringContaining('trusted_roots'),
    });
    expect(await http.reach({ url: behind.url() })).toMatchObject({
      ok: false,
      interceptedBy: 'Vault root',
      certificate: { trusted: false },
    });
  });

  test('trust given for one request is not there for the next', async () => {
    const proxy = await behind.squid('none');
    const http = behind.client(manualProxy(proxy.port));
    await behind.get(http);
    await expect(http.request({ method: 'GET', url: behind.url() })).rejects.toMatchObject({
      code: 'proxy.intercepts',
    });
    await expect(behind.get(http, `https://localhost:${behind.port}/`)).rejects.toMatchObject({
      code: 'net.tls-name-mismatch',
    });
  });

  test('the way is told step by step', async () => {
    const proxy = await behind.squid('ntlm');
    const http = behind.client(manualProxy(proxy.port, { user: 'alice', password, domain: 'CORP' }));
    const found = await http.reach({ url: behind.url(), ...trust });
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
      `The setting uses the proxy 127.0.0.1:${proxy.port} for vault.test:${behind.port}.`,
    );
    const overHttp = await http.reach({ url: `http://vault.test:${behind.plainPort}/deep?secret=1` });
    expect(overHttp.ok).toBe(true);
    expect(behind.seen.map((one) => one.url)).toEqual(['/']);
  });

  test('nobody home at the proxy is told as such', async () => {
    const http = behind.client(manualProxy(nowhere));
    await expect(behind.get(http)).rejects.toMatchObject({ code: 'proxy.unreachable', retry: 'later' });
    const found = await http.reach({ url: behind.url() });
    expect(found.steps.map(({ name, ok }) => [name, ok])).toEqual([
      ['route', true],
      ['proxy', false],
    ]);
  });

  test('a proxy that says nothing costs no more than the caller gives', async () => {
    const silent = createTcpServer((socket) => void socket.on('error', () => {}).resume());
    const silentPort = await listening(silent);
    behind.later.push(() => new Promise((resolve) => silent.close(resolve)));
    const http = behind.client(manualProxy(silentPort));
    const started = performance.now();
    await expect(behind.get(http, behind.url(), { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'net.timeout',
      message: `vault.test:${behind.port} (through the proxy 127.0.0.1:${silentPort}) did not answer in time.`,
    });
    const found = await http.reach({ url: behind.url(), timeoutMs: 500 });
    expect(found).toMatchObject({ ok: false, failure: { code: 'proxy.timeout' } });
    expect(performance.now() - started).toBeLessThan(15_000); // without a limit of the caller it is 20 or 30 s
    await http.close();
  });
});
