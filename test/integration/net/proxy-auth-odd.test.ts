import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { makeProxyTools, type TestLogin } from '#test/make/proxy.ts';
import { have } from '#test/servers/available.ts';
import { type OddProxy, type OddProxyOptions, startOddProxy } from '#test/servers/odd-proxy.ts';
import { type PlainOrigin, startOrigin } from '#test/servers/plain-origin.ts';
import { makeTlsMaterial, type TlsMaterial } from '#test/servers/tls-material.ts';
import { forward } from '../../../electron/net/proxy/forward.ts';
import { openTunnel } from '../../../electron/net/proxy/tunnel.ts';

const password = 'p@ss:wörd€';
const curls = 'only ASCII, curl takes bytes for characters';
const users = {
  'CORP\\curl': curls,
  bob: password,
  'CORP\\bob': password,
  '\\bob@corp.test': password,
  'Corp\\jürgen': password,
};
const corp: TestLogin = { user: 'bob', domain: 'CORP', password };
const plainBob: TestLogin = { user: 'bob', password };
const md5 = { algorithm: 'MD5', qop: 'auth,auth-int' };

let origin: PlainOrigin;
const proxies: OddProxy[] = [];
beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.stop());
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

/** Ten seconds pass in a fifth of one. */
const hurried = {
  ...systemClock,
  after: (ms: number, run: () => void) => systemClock.after(ms / 50, run),
};

async function meet(options: OddProxyOptions, login: TestLogin | null, clock: Clock = systemClock) {
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

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const part of socket) text += String(part);
  return text;
}

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

describe('pages, ends and slowness', () => {
  test.each(['length', 'chunked', 'to-end', 'huge'] as const)(
    'a 407 page sent as %s is passed over',
    async (page) => {
      const { tunnel, proxy } = await meet({ offer: ['basic'], page }, plainBob);
      expect(await tunnel()).toBe('GET /t ');
      expect(proxy.connections()).toBe(page === 'length' || page === 'chunked' ? 1 : 2);
    },
  );

  test.each(['said', 'silent', 'said-only'] as const)(
    'a connection closed after the first 407 (%s) is replaced',
    async (dropsFirst) => {
      const { tunnel, proxy } = await meet({ offer: ['basic'], dropsFirst }, plainBob);
      expect(await tunnel()).toBe('GET /t ');
      expect(proxy.connections()).toBe(2);
    },
  );

  test('a proxy that is too slow is left at the deadline', async () => {
    const deadlines: (() => void)[] = [];
    const after = (ms: number, run: () => void) => {
      if (ms === 9000) deadlines.push(run);
      return systemClock.after(ms, run);
    };
    const slow: OddProxyOptions = { offer: ['basic'], delayMs: 20_000 };
    const { open, tools, names, proxy } = await meet(slow, plainBob, { ...systemClock, after });
    tools.connectTimeoutMs = 9000;
    const opening = expect(open()).rejects.toMatchObject({ code: 'proxy.timeout', retry: 'later' });
    await expect.poll(() => proxy.requests.length, { timeout: 8000, interval: 10 }).toBe(1);
    for (const passes of deadlines) passes();
    await opening;
    expect(names()).toEqual(['proxy', '!tunnel']);
  });

  test('one that accepts connections but never speaks TLS is given up', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const place = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port, tls: true };
    const { tools, names } = makeProxyTools(null, hurried);
    await expect(openTunnel(place, { host: 'x.test', port: 1 }, tools)).rejects.toMatchObject({
      code: 'proxy.unreachable',
      message: expect.stringContaining('did not answer in time'),
    });
    tools.connectTimeoutMs = 5000;
    await expect(openTunnel(place, { host: 'x.test', port: 1 }, tools)).rejects.toMatchObject({
      code: 'proxy.timeout',
    });
    expect(names()).toEqual(['!proxy', '!proxy']);
    silent.close();
  });

  test('the caller can stop it', async () => {
    const { open, tools } = await meet({ offer: ['basic'], delayMs: 5000 }, plainBob);
    const controller = new AbortController();
    tools.signal = controller.signal;
    const opening = open();
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
  });

  test.each<[string, string | Buffer, string]>([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'not HTTP/1'],
    ['a header without end', `HTTP/1.1 200 ok\r\nx: ${'y'.repeat(70_000)}`, '64 KiB'],
    ['contradictory lengths', 'HTTP/1.1 407 x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'lengths'],
    ['an end instead of an answer', '', 'closed the connection'],
    [
      'an NTLM challenge that is none',
      'HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM AAAA\r\nContent-Length: 0\r\n\r\n',
      'NTLM',
    ],
    ['nothing to log in with', 'HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n', 'nothing that can be read'],
  ])('%s is told in one sentence', async (_name, answer, words) => {
    const { open } = await meet({ offer: [], answer: () => answer }, corp);
    await expect(open()).rejects.toThrow(words);
  });

  test('what the proxy echoes of a log-in is not repeated', async () => {
    const echo: OddProxyOptions = {
      offer: [],
      answer: ({ headers }) => {
        const value = headers.get('proxy-authorization');
        if (value === undefined)
          return 'HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n';
        const page = `you said ${value} which is ${Buffer.from(value.slice(6), 'base64')}`;
        return Buffer.from(`HTTP/1.1 403 no\r\nContent-Length: ${Buffer.byteLength(page)}\r\n\r\n${page}`);
      },
    };
    const { open, steps, log } = await meet(echo, plainBob);
    const failure = await open().catch((error) => error);
    expect(failure.peerSaid).toMatch(/you said Basic \[secret\]/);
    const all = JSON.stringify([failure.toData(), steps, log]);
    expect(all).not.toContain(password);
    expect(all).not.toContain(Buffer.from(`bob:${password}`).toString('base64'));
  });

  test('bytes that come with the answer to CONNECT are not lost, nor is the end behind them', async () => {
    const answer = () => 'HTTP/1.1 200 ok\r\n\r\nthe first words';
    for (const read of [textOf, listen, piped]) {
      const { open } = await meet({ offer: [], answer }, null);
      expect(await read(await open())).toBe('the first words');
    }
  });

  test('a target without a name stands in brackets', async () => {
    const { proxy, tools } = await meet({ offer: [], answer: () => 'HTTP/1.1 200 ok\r\n\r\n' }, null);
    const place = { host: '127.0.0.1', port: proxy.port, tls: false };
    (await openTunnel(place, { host: '2001:db8::1', port: 8443 }, tools)).destroy();
    expect([proxy.requests[0]?.uri, proxy.requests[0]?.headers.get('host')]).toEqual(
      Array(2).fill('[2001:db8::1]:8443'),
    );
  });

  test('answers to forwarded requests are read whatever they are', async () => {
    const { forward } = await meet({ offer: ['basic'] }, plainBob);
    expect((await forward({ method: 'HEAD' })).text).toBe('');
    const { status, headers } = await forward({ path: '/forbidden' });
    expect([status, headers['x-twice']]).toEqual([403, 'a, b']);
    await expect(forward({ maxBytes: 3 })).rejects.toMatchObject({ code: 'net.too-large' });
    expect((await forward()).text).toBe('GET /f ');
  });

  test('a user name with a line end is refused before anything is sent', async () => {
    const { open } = await meet({ offer: ['digest'], digest: [md5] }, { user: 'bob\r\nX-Evil: 1', password });
    await expect(open()).rejects.toMatchObject({ code: 'proxy.bad-request' });
  });

  test('nobody at the place of the proxy is told as such', async () => {
    const { open, proxy, names } = await meet({ offer: [] }, null);
    await proxy.stop();
    await expect(open()).rejects.toMatchObject({ code: 'proxy.unreachable', retry: 'later' });
    expect(names()).toEqual(['!proxy']);
  });
});

describe('TLS to the proxy', () => {
  let directory = '';
  let material: TlsMaterial;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-proxy-'));
    material = await makeTlsMaterial(directory);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('is refused when this machine does not trust it', async () => {
    const { open, names } = await meet({ offer: ['basic'], tls: material }, plainBob);
    await expect(open()).rejects.toMatchObject({
      code: 'proxy.tls-failed',
      message: expect.stringContaining('does not trust'),
    });
    expect(names()).toEqual(['!proxy']);
  });

  test('carries the log-in, requests, and TLS within TLS', async () => {
    const secure = await startOrigin(material);
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, material.rootPem]);
    try {
      const { tunnel, forward, tools, proxy } = await meet({ offer: ['ntlm'], tls: material }, corp);
      expect(await tunnel()).toBe('GET /t ');
      expect((await forward()).text).toBe('GET /f ');
      const place = { host: 'localhost', port: proxy.port, tls: true };
      const outer = await openTunnel(place, { host: '127.0.0.1', port: secure.port }, tools);
      const inner = connectTls({ socket: outer, ca: material.rootPem, servername: 'localhost' });
      inner.write('GET /inner HTTP/1.0\r\n\r\n');
      expect(await textOf(inner)).toContain('GET /inner');
    } finally {
      setDefaultCACertificates(before);
      await secure.stop();
    }
  });

  test('a proxy that speaks no TLS is told as such', async () => {
    const { proxy, tools } = await meet({ offer: [] }, null, hurried);
    const place = { host: '127.0.0.1', port: proxy.port, tls: true };
    await expect(openTunnel(place, { host: 'x.test', port: 1 }, tools)).rejects.toMatchObject({
      code: expect.stringMatching(/^proxy\.(tls-failed|unreachable)$/),
    });
  });
});

function listen(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (part) => {
      text += String(part);
    });
    socket.on('end', () => resolve(text));
  });
}

async function piped(socket: Socket): Promise<string> {
  const { PassThrough } = await import('node:stream');
  return await textOf(socket.pipe(new PassThrough()) as unknown as Socket);
}
