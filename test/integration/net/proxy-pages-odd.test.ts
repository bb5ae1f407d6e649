import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeProxyTools } from '#test/make/proxy.ts';
import type { OddProxyOptions } from '#test/servers/odd-proxy-options.ts';
import { startOrigin } from '#test/servers/plain-origin.ts';
import { makeTlsMaterial, type TlsMaterial } from '#test/servers/tls-material.ts';
import { openTunnel } from '../../../electron/net/proxy/tunnel.ts';
import { corp, md5, meet, password, plainBob, prepareOddProxies, textOf } from './odd-proxies.ts';

prepareOddProxies();

/** Ten seconds pass in a fifth of one. */
const hurried = {
  ...systemClock,
  after: (ms: number, run: () => void) => systemClock.after(ms / 50, run),
};

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
    await expect.poll(() => proxy.requests.length, { timeout: 60_000, interval: 10 }).toBe(1);
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
