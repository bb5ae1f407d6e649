/**
 * The attack: the proxy itself, or who stands in its place. With heads, bodies and pages it wants to take the processor or
 * the memory; with what it offers it wants the password in clear; with its own TLS it wants to be taken for the
 * destination; with its words it wants to move somebody's cursor, or have what it was sent repeated where others read.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { startAgent } from '#test/make/agent.ts';
import { busy } from '#test/make/busy.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { failureFrom } from '#test/make/commands.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { makeProxyTools, type TestLogin } from '#test/make/proxy.ts';
import { outerAddress } from '#test/make/proxy-config.ts';
import { type OddProxy, startOddProxy } from '#test/servers/odd-proxy.ts';
import type { OddProxyOptions } from '#test/servers/odd-proxy-options.ts';
import { type PlainOrigin, startOrigin } from '#test/servers/plain-origin.ts';
import { makeHttp } from '../../electron/net/http.ts';
import { parseAvPairs } from '../../electron/net/ntlm/av-pairs.ts';
import { forward } from '../../electron/net/proxy/forward.ts';
import { openTunnel } from '../../electron/net/proxy/tunnel.ts';
import { manualProxy } from '../make/proxy-config.ts';

const password = 'S3cret "wörd" <&>';
const bob: TestLogin = { user: 'bob', password };
const md5 = { algorithm: 'MD5', qop: 'auth' };
const outer = outerAddress();

let origin: PlainOrigin;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.stop());
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function meet(options: OddProxyOptions, login: TestLogin | null = null) {
  options.users ??= { bob: password };
  const proxy = await startOddProxy(options);
  ends.push(proxy.stop);
  const made = makeProxyTools(login);
  const at = (odd: OddProxy) => ({ host: '127.0.0.1', port: odd.port, tls: false });
  const target = { host: '127.0.0.1', port: origin.port };
  return {
    ...made,
    proxy,
    tunnel: () => openTunnel(at(proxy), target, made.tools),
    forward: (maxBytes = 4 * 1024 * 1024) =>
      forward(at(proxy), { method: 'GET', url: 'http://x.test/', headers: {}, maxBytes }, made.tools),
    schemes: () => proxy.requests.map(({ headers }) => headers.get('proxy-authorization')?.split(' ')[0]),
  };
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return asFailure(await work.then(() => 'nothing failed').catch((thrown: unknown) => thrown));
}

describe('a hostile proxy cannot hold the agent up', () => {
  const run = ' '.repeat(60_000);
  test.each([
    ['spaces inside a header', `HTTP/1.1 502 no\r\nX-A: a${run}b\r\nContent-Length: 0\r\n\r\n`],
    ['spaces inside a length', `HTTP/1.1 502 no\r\nContent-Length: 1${run}2\r\n\r\n`],
    ['a page of open brackets', page('<'.repeat(16_000))],
    ['a page of open comments', page('<!--'.repeat(4000))],
    ['a page of open heads', page('<head '.repeat(2600))],
  ])('with %s', async (_, answer) => {
    const { tunnel } = await meet({ offer: [], answer: () => answer });
    expect((await busy(() => failureOf(tunnel()))).took).toBeLessThan(500);
  });

  test('with a body in a million pieces', async () => {
    const chunks = `HTTP/1.1 200 ok\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(1_000_000)}`;
    const { forward } = await meet({ offer: [], answer: () => `${chunks}0\r\n\r\n` });
    expect(await failureOf(forward())).toMatchObject({ code: 'proxy.bad-answer' });
  });
});

describe('a hostile proxy does not get the password in clear', () => {
  test('by offering less than it did before', async () => {
    const options: OddProxyOptions = { offer: ['digest'], digest: [md5] };
    const { proxy, tunnel, schemes } = await meet(options, bob);
    (await tunnel()).destroy();
    proxy.forgetNonces();
    options.offer = ['basic'];
    proxy.requests.length = 0;
    const failure = await failureOf(tunnel());
    expect(failure).toMatchObject({ code: 'proxy.login-weaker', retry: 'needs-person' });
    expect(schemes()).not.toContain('Basic');
  });

  test('by offering Basic beside NTLM to somebody whose domain is in the user name', async () => {
    const login = { user: 'bob@corp.test', password };
    const users = { '\\bob@corp.test': password, 'bob@corp.test': password };
    const { tunnel, schemes } = await meet({ offer: ['basic', 'ntlm'], users }, login);
    (await tunnel()).destroy();
    expect(schemes()).not.toContain('Basic');
  });
});

describe('an account is not locked', () => {
  test.each<[string, OddProxyOptions]>([
    ['Basic', { offer: ['basic'] }],
    ['Digest', { offer: ['digest'], digest: [md5] }],
    ['NTLM', { offer: ['ntlm'] }],
  ])('by a wrong password for %s, however often it is tested, set and used', async (_, options) => {
    options.users = { bob: 'another', 'CORP\\bob': 'another' };
    const proxy = await startOddProxy(options);
    const directory = tempDirectory('proxy-lock-out');
    const agent = await startAgent({ dataDirectory: directory.path });
    ends.push(directory.remove, proxy.stop, agent.close);
    const { call } = agent;
    const place = { host: '127.0.0.1', port: proxy.port, user: 'bob', password };
    const setting = options.offer.includes('ntlm') ? { ...place, domain: 'CORP' } : place;
    const first = await failureFrom(call.proxy.set(setting));
    expect(first.message).toContain('refused the login');
    await call.proxy.set({ ...setting, try_first: false });
    for (let pressed = 0; pressed < 5; pressed++) {
      expect(await call.proxy.test({})).toMatchObject({ ok: false });
      await failureFrom(call.proxy.set(setting));
      await call.proxy.set({ ...setting, confirm: 60 });
      await call.proxy.confirm({});
    }
    const told = JSON.stringify(await call.proxy.test({}));
    expect(told).toMatch(/so that the account does not get locked/);
    expect(proxy.verdicts.length).toBe(1);
    // another password is another matter, and tried at once
    await call.proxy.set({ ...setting, password: 'another' });
    expect(await call.proxy.test({})).toMatchObject({ ok: true });
  });
});

describe('a challenge of NTLM', () => {
  test('in ten thousand parts is refused at once', async () => {
    const parts = Array.from({ length: 10_000 }, (_, id) => Buffer.from(Uint16Array.of(id + 20, 0).buffer));
    const challenge = Buffer.concat([...parts, Buffer.alloc(4)]);
    const { took } = await busy(() => expect(() => parseAvPairs(challenge)).toThrow('too many parts'));
    expect(took).toBeLessThan(100);
  });
});

describe('the words of a hostile proxy', () => {
  const evil = '\u001b[2J\u0007\u202eevil\u2066';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const harm = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

  test('move no cursor and turn no text, in failure, steps and log', async () => {
    const { tunnel, steps, log } = await meet({ offer: [], answer: () => page(`<p>${evil}`) });
    const failure = await failureOf(tunnel());
    expect(failure.peerSaid).toContain('evil');
    expect(`${failure.message} ${failure.peerSaid}`).not.toMatch(harm);
    expect(JSON.stringify(steps)).not.toMatch(harm);
    expect(log.join('')).toContain('evil');
    expect(log.join('')).not.toMatch(harm);
  });

  test('do not repeat what it was sent, however it writes it', async () => {
    const pair = Buffer.from(`bob:${password}`).toString('base64');
    const ways = [
      password,
      pair,
      encodeURIComponent(password),
      JSON.stringify(password),
      password.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      Buffer.from(password).toString('base64'),
    ];
    const options: OddProxyOptions = { offer: ['basic'] };
    options.answer = ({ headers }) => (headers.has('proxy-authorization') ? page(ways.join(' | ')) : null);
    const { tunnel, log, steps } = await meet(options, bob);
    const failure = await failureOf(tunnel());
    expect(failure.code).toBe('proxy.refused-connect');
    const all = [failure.message, failure.peerSaid, ...log, JSON.stringify(steps)].join('\n');
    for (const way of ['S3cret', pair, Buffer.from(password).toString('base64').slice(0, 12)])
      expect(all).not.toContain(way);
  });
});

describe.skipIf(outer === null)('what passes by a hostile proxy', () => {
  const root = makeCa({ commonName: 'Vault root' });
  const names = outer === null ? [] : [outer];

  test('is only asked of who proves to be the destination, not of the proxy or a name it chose', async () => {
    const other = makeLeaf(root, { names: ['proxy.test', '127.0.0.1', 'localhost'] });
    const port = await destination(other);
    const { http, proxy } = await client(bob, ['basic']);
    const url = `https://${outer}:${port}/secret`;
    const headers = { 'x-vault-token': 'hvs.marked' };
    const asked = http.request({ method: 'GET', url, headers, trustedRootsPem: root.certPem });
    expect(await failureOf(asked)).toMatchObject({ code: 'net.tls-name-mismatch' });
    expect(proxy.requests.map(({ method }) => method)).toEqual(['CONNECT', 'CONNECT']);
  });

  test('shows it nothing of a request over https, and the destination nothing of the log-in at the proxy', async () => {
    const leaf = makeLeaf(root, { names });
    const port = await destination(leaf);
    const { http, proxy } = await client(bob, ['basic']);
    const answer = await http.request({
      method: 'POST',
      url: `https://${outer}:${port}/path-marked?query-marked`,
      headers: { 'x-vault-token': 'hvs.marked', 'Proxy-Authorization': 'Basic bWFya2Vk' },
      body: 'body-marked',
      trustedRootsPem: root.certPem,
    });
    expect(answer.status).toBe(200);
    const shown = JSON.stringify(
      proxy.requests.map(({ headers, ...rest }) => ({ ...rest, all: [...headers] })),
    );
    expect(shown).not.toContain('marked');
    expect(shown).not.toContain('bWFya2Vk');
    expect(Object.keys(seen.at(-1) ?? {}).filter((name) => name.startsWith('proxy-'))).toEqual([]);
  });

  const seen: IncomingHttpHeaders[] = [];
  /** Not on the loopback, which no proxy is asked for. */
  async function destination({ chainPem, keyPem }: { chainPem: string; keyPem: string }): Promise<number> {
    const server = createServer({ cert: chainPem, key: keyPem }, (request, response) => {
      seen.push(request.headers);
      response.end('safe');
    });
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    ends.push(() => server.closeAllConnections());
    await new Promise<void>((resolve) => server.listen(0, outer ?? '', resolve));
    return (server.address() as AddressInfo).port;
  }

  async function client(login: TestLogin, offer: OddProxyOptions['offer']) {
    const proxy = await startOddProxy({ users: { bob: password }, offer });
    ends.push(proxy.stop);
    const setting = manualProxy(proxy.port, login);
    const http = makeHttp({ userAgent: 'test', clock: systemClock, log: silentLog, proxy: () => setting });
    ends.push(() => http.close());
    return { http, proxy };
  }
});

function page(html: string): Buffer {
  const body = Buffer.from(html, 'utf8');
  const head = `HTTP/1.1 502 bad\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}
