import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { makeProxyTools } from '#test/make/proxy.ts';
import { manualProxy } from '#test/make/proxy-config.ts';
import { finderOver } from '../../../electron/compose/net.ts';
import { makeLogInTurns } from '../../../electron/net/http.ts';
import { forward } from '../../../electron/net/proxy/forward.ts';
import { openTunnel } from '../../../electron/net/proxy/tunnel.ts';
import { meet, prepareOddProxies } from './odd-proxies.ts';

prepareOddProxies();

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers its first bytes with these and ends; with none of its own to say it just ends. */
async function answering(answer: (first: Buffer) => Buffer | null) {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', (first: Buffer) => void socket.end(answer(first) ?? Buffer.alloc(0)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  return { host: '127.0.0.1', port: typeof place === 'object' ? (place?.port ?? 0) : 0, tls: false };
}

const target = { host: 'inside.test', port: 443 };
const { tools } = makeProxyTools(null);

// what people enter as an HTTP proxy: encode/httpx#2053, MoonchildProductions/Pale-Moon#258
describe('what is no HTTP proxy in clear is named', () => {
  test.each([0x00, 0xff])('as SOCKS 5 that answers a greeting with %i', async (method) => {
    const place = await answering((first) => (first[0] === 5 ? Buffer.from([5, method]) : null));
    await expect(openTunnel(place, target, tools)).rejects.toMatchObject({
      code: 'proxy.bad-answer',
      message: `The proxy 127.0.0.1:${place.port} closed the connection instead of answering. It answers as a SOCKS 5 proxy.`,
    });
    const request = { method: 'GET', url: 'http://inside.test/', headers: {}, maxBytes: 100 };
    await expect(forward(place, request, tools)).rejects.toThrow('as a SOCKS 5 proxy');
  });

  test('not at all when it answers neither in TLS nor as SOCKS 5', async () => {
    for (const said of ['', 'SSH-2.0-x\r\n\r\n', '\u0005', '\u0004\u005a']) {
      const place = await answering(() => Buffer.from(said, 'latin1'));
      const failure = await openTunnel(place, target, tools).catch((thrown: Error) => thrown);
      expect(failure).toMatchObject({ code: 'proxy.bad-answer' });
      expect(String(failure)).not.toMatch(/SOCKS|TLS/);
    }
  });
});

// errors of proxies and of servers behind them: elazarl/goproxy#51, chobits/ngx_http_proxy_connect_module#137
describe('an error that comes instead of the answer to a request in clear', () => {
  const page = (head: string, body = 'dial tcp: lookup no.exists: no such host') =>
    `${head}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  test('is that of the proxy where it says so, in its own words', async () => {
    for (const head of [
      'HTTP/1.0 500 Unable to connect\r\nServer: tinyproxy/1.11.1',
      'HTTP/1.1 502 x\r\nProxy-Status: p; error=dns_error',
    ]) {
      const { forward: send, names } = await meet({ offer: [], answer: () => page(head) }, null);
      await expect(send()).rejects.toMatchObject({
        code: 'proxy.refused-request',
        retry: 'later',
        peerSaid: expect.stringContaining('no such host'),
      });
      expect(names().at(-1)).toBe('!tunnel');
    }
  });

  test('is nobody’s for sure where it does not', async () => {
    for (const head of [
      'HTTP/1.1 500 Internal Server Error',
      'HTTP/1.1 502 Bad Gateway\r\nServer: nginx/1.12.2',
    ]) {
      const { forward: send } = await meet({ offer: [], answer: () => page(head) }, null);
      expect(await send()).toMatchObject({ perhapsOwn: true });
    }
    const { forward: send } = await meet({ offer: [], answer: () => page('HTTP/1.1 404 Not Found') }, null);
    expect(await send()).toMatchObject({ status: 404, perhapsOwn: false });
  });

  test('is no answer of the server to the doctor, who says so', async () => {
    const { proxy } = await meet({ offer: [], answer: () => page('HTTP/1.1 502 Bad Gateway') }, null);
    const finder = finderOver(systemClock, silentLog, makeLogInTurns(systemClock))(manualProxy(proxy.port));
    const address = { url: 'http://no.exists/', neededBy: 'you', trustedRootsPem: null };
    await expect(finder.ask(address)).rejects.toMatchObject({
      code: 'proxy.unclear-answer',
      message: expect.stringContaining('so nothing is known of no.exists'),
    });
    await finder.close();
  });
});
