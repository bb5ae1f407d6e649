import { describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import type { TestLogin } from '#test/make/proxy.ts';
import { have } from '#test/servers/available.ts';
import { startOddProxy } from '#test/servers/odd-proxy.ts';
import type { OddProxyOptions } from '#test/servers/odd-proxy-options.ts';
import {
  corp,
  curls,
  md5,
  meet,
  origin,
  password,
  plainBob,
  prepareOddProxies,
  proxies,
  users,
} from './odd-proxies.ts';

prepareOddProxies();

describe('NTLM, the proof and the MIC looked at to the letter', () => {
  test.each<[string, OddProxyOptions, TestLogin]>([
    ['with the time, so with a MIC', { offer: ['ntlm'] }, corp],
    ['without the time', { offer: ['ntlm'], noTimestamp: true }, corp],
    ['as DOMAIN\\user', { offer: ['ntlm', 'basic'] }, { user: 'CORP\\bob', password }],
    ['as user@domain', { offer: ['ntlm'] }, { user: 'bob@corp.test', password }],
    ['as user@domain with a domain besides', { offer: ['ntlm'] }, { ...corp, user: 'bob@corp.test' }],
    ['with umlauts in the name', { offer: ['ntlm'] }, { user: 'jürgen', domain: 'Corp', password }],
    ['inside of Negotiate', { offer: ['negotiate', 'basic'] }, corp],
    ['beside everything else', { offer: ['basic', 'digest', 'ntlm'], digest: [md5], oneHeader: true }, corp],
    ['with chunked pages', { offer: ['ntlm'], page: 'chunked' }, corp],
  ])('%s', async (_name, options, login) => {
    const { tunnel, forward, proxy, openPasswords } = await meet(options, login);
    expect(await tunnel()).toBe('GET /t ');
    expect((await forward()).text).toBe('GET /f ');
    expect(await tunnel()).toBe('GET /t ');
    expect(new Set(proxy.verdicts)).toEqual(new Set(['right']));
    expect(openPasswords()).toBe(0);
  });

  test('costs one connection and two requests', async () => {
    const { tunnel, kinds, proxy } = await meet({ offer: ['ntlm', 'basic'] }, corp);
    await tunnel();
    expect(kinds()).toEqual(['NTLM 1', 'NTLM 3']);
    expect(proxy.connections()).toBe(1);
  });

  test('goes on where it began or not at all: a challenge on a connection that ends is answered on no other', async () => {
    const { open, kinds } = await meet({ offer: ['ntlm'], page: 'to-end' }, corp);
    await expect(open()).rejects.toMatchObject({
      code: 'proxy.bad-answer',
      message: expect.stringContaining('in the middle of NTLM'),
    });
    expect(kinds()).toEqual(['NTLM 1']);
  });

  test('forwarded requests go on without a log-in on the same connection, and with one on another', async () => {
    const { forward, kinds, proxy } = await meet({ offer: ['ntlm'] }, corp);
    for (let turn = 0; turn < 3; turn++) await forward({ method: 'POST', body: `b${turn}` });
    expect(kinds()).toEqual(['NTLM 1', 'NTLM 3', '', '']);
    const [one, two] = await Promise.all([forward({ path: '/1' }), forward({ path: '/2' })]);
    expect([one.text, two.text]).toEqual(['GET /1 ', 'GET /2 ']);
    expect(proxy.connections()).toBe(2);
  });

  test('a kept connection that the proxy cut is replaced', async () => {
    const { forward, proxy } = await meet({ offer: ['ntlm'] }, corp);
    await forward();
    proxy.cut();
    expect((await forward()).text).toBe('GET /f ');
    expect(proxy.connections()).toBe(2);
  });

  test.each(['said', 'silent'] as const)(
    'a proxy that drops the connection after its first 407 (%s) gets the first message on a new one',
    async (dropsFirst) => {
      const { tunnel, kinds, proxy } = await meet(
        { offer: ['ntlm'], ignoresUnasked: true, dropsFirst },
        corp,
      );
      expect(await tunnel()).toBe('GET /t ');
      expect(kinds()).toEqual(['NTLM 1', 'NTLM 1', 'NTLM 3']);
      expect(proxy.connections()).toBe(2);
    },
  );

  test('a wrong password is tried once, also by many at the same moment', async () => {
    const { open, proxy } = await meet({ offer: ['ntlm'] }, { ...corp, password: 'no' });
    const all = await Promise.allSettled(Array.from({ length: 8 }, open));
    const codes = all.map((one) => (one.status === 'rejected' ? one.reason.code : 'open'));
    expect(new Set(codes)).toEqual(new Set(['proxy.login-refused']));
    expect(proxy.verdicts).toEqual(['the NTLMv2 proof is wrong']);
  });

  test('many at the same moment with the right password all get through', async () => {
    const { tunnel } = await meet({ offer: ['ntlm'] }, corp);
    expect(await Promise.all(Array.from({ length: 8 }, tunnel))).toEqual(Array(8).fill('GET /t '));
  });

  test('curl gets through the same checks, so they are not made after our own mistakes', async (context) => {
    if (!have('curl')) return context.skip();
    const proxy = await startOddProxy({ users, offer: ['ntlm'], noTimestamp: true });
    proxies.push(proxy);
    const got = await exec({
      argv: [
        ...(['curl', '-s', '-K', '-', '--proxy-ntlm', '-x', `http://127.0.0.1:${proxy.port}`] as const),
        `http://127.0.0.1:${origin.port}/curl`,
      ],
      stdin: Buffer.from(`proxy-user = "CORP\\\\curl:${curls}"\nnoproxy = ""\n`),
      timeoutMs: 20_000,
    });
    expect([got.stdout.toString(), proxy.verdicts]).toEqual(['GET /curl ', ['right']]);
  });
});

describe('nothing weaker than NTLM once a domain is named', () => {
  test.each<[string, OddProxyOptions, TestLogin]>([
    ['Basic alone', { offer: ['basic'] }, corp],
    ['Basic and Digest', { offer: ['basic', 'digest'], digest: [md5] }, corp],
    ['Basic to DOMAIN\\user', { offer: ['basic'] }, { user: 'CORP\\bob', password }],
    ['a scheme that nobody knows', { offer: ['Hawk realm="x"'] }, corp],
  ])('%s is refused, and nothing was told', async (_name, options, login) => {
    const { open, kinds, names, steps } = await meet(options, login);
    await expect(open()).rejects.toMatchObject({ code: 'proxy.ntlm-not-offered' });
    expect(new Set(kinds())).toEqual(new Set(['NTLM 1'])); // tells neither user nor password
    expect(names()).toEqual(['proxy', 'authentication', '!authentication']);
    expect(JSON.stringify(steps)).not.toContain(password);
  });

  test('neither after NTLM went well before', async () => {
    const options: OddProxyOptions = { offer: ['ntlm'] };
    const { tunnel, open, proxy, kinds } = await meet(options, corp);
    await tunnel();
    options.offer = ['basic'];
    const turned = await meet({ ...options }, corp);
    await expect(turned.open()).rejects.toMatchObject({ code: 'proxy.ntlm-not-offered' });
    proxy.cut();
    expect(await open()).toBeDefined();
    expect(kinds()).not.toContain('Basic');
  });
});

describe('Digest, looked at to the letter', () => {
  test.each([
    ['MD5', [md5], 'MD5'],
    ['MD5-sess', [{ algorithm: 'MD5-sess', qop: 'auth' }], 'MD5-sess'],
    ['without qop', [{ algorithm: 'MD5', qop: null }], 'MD5'],
    ['SHA-256 before MD5', [md5, { algorithm: 'SHA-256', qop: 'auth' }], 'SHA-256'],
    ['SHA-256-sess', [{ algorithm: 'SHA-256-sess', qop: 'auth' }], 'SHA-256-sess'],
    ['passing over what it does not know', [{ algorithm: 'SHA-512-256', qop: 'auth' }, md5], 'MD5'],
  ])('%s', async (_name, digest, algorithm) => {
    for (const oneHeader of [false, true]) {
      const { tunnel, forward, proxy } = await meet(
        { offer: ['basic', 'digest'], digest, oneHeader },
        plainBob,
      );
      for (let turn = 0; turn < 2; turn++) {
        expect(await tunnel()).toBe('GET /t ');
        expect((await forward({ method: 'POST', body: 'b', path: '/p,q?x="' })).text).toMatch(/^POST \/p,q/);
      }
      expect(proxy.verdicts).toEqual(['right', 'right', 'right', 'right']);
      expect(proxy.requests.at(-1)?.headers.get('proxy-authorization')).toContain(`algorithm=${algorithm},`);
    }
  });

  test('a nonce that went well is used ahead, and one too old is replaced once', async () => {
    const { tunnel, forward, proxy, kinds } = await meet({ offer: ['digest'], digest: [md5] }, plainBob);
    await tunnel();
    await tunnel();
    expect(kinds()).toEqual(['', 'Digest', 'Digest']);
    proxy.ageNonces();
    await tunnel();
    await forward();
    expect(proxy.verdicts).toEqual(['right', 'right', 'stale', 'right', 'right']);
  });

  test('a proxy that forgot the nonce without calling it stale is asked once more', async () => {
    const one = await meet({ offer: ['digest'], digest: [md5] }, plainBob);
    await one.tunnel();
    one.proxy.forgetNonces();
    expect(await one.tunnel()).toBe('GET /t ');
    expect(one.proxy.verdicts).toEqual(['right', 'the nonce is not ours', 'right']);
  });

  test('a proxy that calls every nonce stale is left alone', async () => {
    const stale = `Digest realm="x", nonce="n", qop="auth", stale=true`;
    let count = 0;
    const answer = () => {
      const value = stale.replace('"n"', `"n${++count}"`);
      return `HTTP/1.1 407 no\r\nProxy-Authenticate: ${value}\r\nContent-Length: 0\r\n\r\n`;
    };
    const { open, proxy } = await meet({ offer: [], answer }, plainBob);
    await expect(open()).rejects.toMatchObject({ code: 'proxy.bad-answer' });
    expect(proxy.requests).toHaveLength(3);
  });

  test('refused is refused: Basic is not tried after it', async () => {
    const login = { user: 'bob', password: 'no' };
    const { open, proxy, kinds } = await meet({ offer: ['basic', 'digest'], digest: [md5] }, login);
    await expect(open()).rejects.toMatchObject({ code: 'proxy.login-refused' });
    expect(kinds()).toEqual(['', 'Digest']);
    expect(proxy.verdicts).toEqual(['the response is wrong']);
  });

  test('many at the same moment all get through', async () => {
    const { tunnel } = await meet({ offer: ['digest'], digest: [md5] }, plainBob);
    await tunnel();
    expect(await Promise.all(Array.from({ length: 8 }, tunnel))).toEqual(Array(8).fill('GET /t '));
  });
});
