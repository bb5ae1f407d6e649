import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { makeProxyTools } from '#test/make/proxy.ts';
import { have } from '#test/servers/available.ts';
import { startMicrosocks } from '#test/servers/microsocks.ts';
import { canMount } from '#test/servers/tiny-disk.ts';
import type { ProxyPlace } from '../../../electron/net/proxy/place.ts';
import { openTunnel } from '../../../electron/net/proxy/tunnel.ts';
import { manualProxy, pacProxy } from '../../make/proxy-config.ts';
import { startPacServer } from '../../servers/pac-server.ts';
import { BehindProxy, listening, nowhere, password, trust } from './behind-proxy.ts';

const behind = new BehindProxy();
const login = { user: 'alice', password };

async function socks(more: { login?: typeof login } = {}) {
  const running = await startMicrosocks({ hostsFile: behind.hostsFile, ...more });
  behind.later.push(() => running.stop());
  return running.port;
}

// a network whose only way out is such a proxy: caddyserver/caddy#2186, acmesh-official/acme.sh#4486
describe.skipIf(!have('microsocks') || !(await canMount()))('through a real SOCKS 5 proxy', () => {
  test('requests go, with TLS and without, and names are resolved by the proxy', async () => {
    const port = await socks();
    const http = behind.client(manualProxy(port, { socks5: true }));
    expect((await behind.get(http)).body.toString()).toBe('safe /');
    const plain = `http://other.test:${behind.plainPort}/`;
    expect((await http.request({ method: 'POST', url: plain, body: 'four' })).body.toString()).toBe(
      'plain POST 4',
    );
    expect(behind.seen.map(({ url, headers }) => [url, headers['proxy-connection']])).toEqual([
      ['/', undefined],
      ['/', undefined],
    ]);
    const found = await http.reach({ url: behind.url(), ...trust });
    expect(found).toMatchObject({ ok: true, way: `socks5 proxy 127.0.0.1:${port}` });
    expect(found.steps.map(({ name, ok }) => [name, ok])).toEqual(
      ['route', 'proxy', 'authentication', 'tunnel', 'tls'].map((name) => [name, true]),
    );
    expect(await http.reach({ url: plain })).toMatchObject({ ok: true });
  });

  test('a user logs in, and a wrong password is sent once and not again', async () => {
    const port = await socks({ login });
    const lines: string[] = [];
    const http = behind.client(manualProxy(port, { socks5: true, ...login }), lines);
    expect((await behind.get(http)).status).toBe(200);
    const wrong = behind.client(
      manualProxy(port, { socks5: true, user: 'alice', password: 'another' }),
      lines,
    );
    await expect(behind.get(wrong)).rejects.toMatchObject({
      code: 'proxy.login-refused',
      message: `The proxy 127.0.0.1:${port} refused the login of alice (SOCKS 5).`,
    });
    await expect(behind.get(wrong)).rejects.toThrow('It is not tried again for 60 s');
    await expect(behind.get(behind.client(manualProxy(port, { socks5: true })))).rejects.toMatchObject({
      code: 'proxy.login-needed',
    });
    expect(lines.join('\n')).toContain('let alice through (SOCKS 5)');
    expect(lines.join('\n')).not.toContain(password);
  });

  test('the reason why it does not connect is said', async () => {
    const http = behind.client(manualProxy(await socks(), { socks5: true }));
    const closed = behind.get(http, `https://vault.test:${nowhere}/`);
    await expect(closed).rejects.toMatchObject({
      code: 'proxy.refused-connect',
      retry: 'later',
      message: expect.stringMatching(
        /refused to connect to vault\.test:\d+ \(the destination refused the connection\)/,
      ),
    });
    await expect(behind.get(http, 'https://nobody.invalid/')).rejects.toMatchObject({
      code: 'proxy.refused-connect',
    });
  });

  test('that a PAC file names', async () => {
    const port = await socks();
    const script = `function FindProxyForURL() { return "SOCKS5 127.0.0.1:${nowhere}; SOCKS5 127.0.0.1:${port}"; }`;
    const pac = await startPacServer(script);
    behind.later.push(() => pac.stop());
    expect((await behind.get(behind.client(pacProxy(pac.url)))).status).toBe(200);
  });
});

describe('what answers otherwise than a SOCKS 5 proxy that lets us through', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** Gives one of these after each thing that is said to it; ends when it has no more. */
  async function answering(...answers: Buffer[]): Promise<ProxyPlace> {
    const server = createServer((socket: Socket) => {
      const left = [...answers];
      socket.on('error', () => {});
      socket.on('data', () => {
        const next = left.shift();
        if (next === undefined) socket.end();
        else socket.write(next);
      });
    });
    servers.push(server);
    return { host: '127.0.0.1', port: await listening(server), tls: false, socks5: true };
  }

  const target = { host: 'inside.test', port: 443 };

  test.each([
    ['in HTTP', [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], 'does not answer as a SOCKS 5 proxy'],
    ['by ending', [], 'closed the connection instead of answering'],
    ['by ending later', [Buffer.from([5, 0])], 'closed the connection instead of answering'],
    ['with another method', [Buffer.from([5, 1])], 'requires a login \\(SOCKS 5\\), and none is set'],
    ['with no method', [Buffer.from([5, 0xff])], 'requires a login'],
    [
      'with a reason nobody knows',
      [Buffer.from([5, 0]), Buffer.from([5, 99, 0, 1, 0, 0, 0, 0, 0, 0])],
      'unknown reason',
    ],
    [
      'with a ban',
      [Buffer.from([5, 0]), Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0])],
      'its rules do not allow it',
    ],
  ])('%s', async (_how, answers, sentence) => {
    const place = await answering(...answers);
    const failed = openTunnel(place, target, makeProxyTools(null).tools);
    await expect(failed).rejects.toThrow(new RegExp(sentence));
    await expect(failed).rejects.not.toMatchObject({ hint: expect.stringContaining('HTTP proxy') });
  });

  test('and never answers, is left in time', async () => {
    const place = await answering(Buffer.alloc(0));
    const { tools } = makeProxyTools(null);
    await expect(openTunnel(place, target, { ...tools, connectTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'proxy.timeout',
    });
    const controller = new AbortController();
    const stopped = openTunnel(place, target, { ...tools, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
  });

  test.each([
    [{ user: 'bob', domain: 'CORP', password: 'x' }, 'proxy.ntlm-not-offered', 'SOCKS 5 has no NTLM'],
    [{ user: 'bob', password: 'x'.repeat(256) }, 'proxy.scheme-unknown', 'longer than the 255 bytes'],
  ])('is sent nothing of a login that does not fit', async (given, code, sentence) => {
    const place = await answering(Buffer.from([5, 2]));
    const { tools, open } = makeProxyTools(given);
    await expect(openTunnel(place, target, tools)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(sentence),
    });
    expect(open()).toBe(0);
  });
});
