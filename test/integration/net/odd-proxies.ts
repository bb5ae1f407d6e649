import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Clock, systemClock } from '#kit/clock.ts';
import { makeProxyTools, type TestLogin } from '#test/make/proxy.ts';
import { type OddProxy, startOddProxy } from '#test/servers/odd-proxy.ts';
import type { OddProxyOptions } from '#test/servers/odd-proxy-options.ts';
import { type PlainOrigin, startOrigin } from '#test/servers/plain-origin.ts';
import { forward } from '../../../electron/net/proxy/forward.ts';
import { openTunnel } from '../../../electron/net/proxy/tunnel.ts';

export const password = 'p@ss:wörd€';
export const curls = 'only ASCII, curl takes bytes for characters';
export const users = {
  'CORP\\curl': curls,
  bob: password,
  'CORP\\bob': password,
  '\\bob@corp.test': password,
  'Corp\\jürgen': password,
};
export const corp: TestLogin = { user: 'bob', domain: 'CORP', password };
export const plainBob: TestLogin = { user: 'bob', password };
export const md5 = { algorithm: 'MD5', qop: 'auth,auth-int' };

export let origin: PlainOrigin;
export const proxies: OddProxy[] = [];

export async function meet(options: OddProxyOptions, login: TestLogin | null, clock: Clock = systemClock) {
  const proxy = await startOddProxy({ users, ...options });
  proxies.push(proxy);
  const made = makeProxyTools(login, clock);
  const place = { host: '127.0.0.1', port: proxy.port, tls: options.tls !== undefined };
  const target = { host: '127.0.0.1', port: origin.port };
  return {
    ...made,
    proxy,
    /** Opens a tunnel, asks the origin through it, closes it. */
    async tunnel() {
      const socket = await openTunnel(place, target, made.tools);
      socket.write('GET /t HTTP/1.0\r\n\r\n');
      return (await textOf(socket)).split('\r\n\r\n')[1];
    },
    open: () => openTunnel(place, target, made.tools),
    async forward(more: { method?: string; body?: string; maxBytes?: number; path?: string } = {}) {
      const { method = 'GET', body, maxBytes = 1000, path = '/f' } = more;
      const url = `http://127.0.0.1:${origin.port}${path}`;
      const answer = await forward(place, { method, url, headers: {}, body, maxBytes }, made.tools);
      return { ...answer, text: answer.body.toString() };
    },
    kinds: () => proxy.requests.map(({ headers }) => kindOf(headers.get('proxy-authorization'))),
    openPasswords: made.open,
  };
}

/** What a request brought along, and on NTLM which message. */
function kindOf(value: string | undefined): string {
  const [scheme = '', token = ''] = value?.split(' ') ?? [];
  const message = Buffer.from(token, 'base64');
  return message.toString('latin1', 0, 7) === 'NTLMSSP' ? `${scheme} ${message.readUInt32LE(8)}` : scheme;
}

export async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const part of socket) text += String(part);
  return text;
}

/** One origin for all tests of a file; the proxies of a test are stopped after it. */
export function prepareOddProxies(): void {
  beforeAll(async () => {
    origin = await startOrigin();
  });
  afterAll(() => origin.stop());
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.stop();
  });
}
