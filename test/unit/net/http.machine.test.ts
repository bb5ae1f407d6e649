import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog, silentLog } from '#kit/log.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { have } from '../../servers/available.ts';
import { freePort } from '../../servers/free-port.ts';
import { makeTlsMaterial, type TlsMaterial } from '../../servers/tls-material.ts';

const http = makeHttp({ userAgent: 'Trustkeep/1.2.3', clock: systemClock, log: silentLog });
afterAll(() => http.close());

const open: { close(done: () => void): unknown; closeAllConnections?(): void }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections?.();
    await new Promise<void>((resolve) => server.close(resolve));
  }
});

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  return typeof place === 'object' && place !== null ? place.port : 0;
}
const plain = (handler: RequestListener) => listening(createServer(handler));
const get = (url: string, more: object = {}) => http.request({ method: 'GET', url, ...more });

describe('a request over HTTP', () => {
  test('gives status, headers and body whatever the status', async () => {
    const port = await plain((_request, response) => {
      response.writeHead(404, { 'X-One': '1', link: ['<a>;rel=x', '<b>;rel=y'] }).end('nö');
    });
    const answer = await get(`http://127.0.0.1:${port}/a?b=c`);
    expect(answer).toMatchObject({ status: 404, headers: { 'x-one': '1', link: '<a>;rel=x, <b>;rel=y' } });
    expect(answer.body.toString()).toBe('nö');
  });

  test('sends method, path, headers, body and who we are', async () => {
    const seen: unknown[] = [];
    const port = await plain((request, response) => {
      request.setEncoding('utf8');
      request.on('data', (body: string) => {
        seen.push(request.method, request.url, request.headers['user-agent'], request.headers['x-two'], body);
        response.end();
      });
    });
    const url = `http://127.0.0.1:${port}/path?q=1`;
    await http.request({ method: 'POST', url, headers: { 'x-two': '2' }, body: 'hello' });
    expect(seen).toEqual(['POST', '/path?q=1', 'Trustkeep/1.2.3', '2', 'hello']);
  });

  test('keeps the connection for the next one', async () => {
    const sockets = new Set();
    const port = await plain((request, response) => {
      sockets.add(request.socket);
      response.end('ok');
    });
    for (let n = 0; n < 5; n++) await get(`http://127.0.0.1:${port}/`);
    expect(sockets.size).toBe(1);
  });

  test('does not follow a redirect', async () => {
    const port = await plain((_request, response) => response.writeHead(302, { location: '/else' }).end());
    expect((await get(`http://127.0.0.1:${port}/`)).status).toBe(302);
  });

  test('logs neither the query nor a header', async () => {
    const lines: string[] = [];
    const log = makeLog((line) => lines.push(line), 'debug', Date.now);
    const own = makeHttp({ userAgent: 'x', clock: systemClock, log });
    const port = await plain((_request, response) => response.end());
    await own.request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/p?code=tellnobody`,
      headers: { authorization: 'Bearer hushhushhush' },
    });
    await own.close();
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toMatch(/tellnobody|hushhushhush/);
  });

  test('a second close and a request after it are fine', async () => {
    const own = makeHttp({ userAgent: 'x', clock: systemClock, log: silentLog });
    await own.close();
    const port = await plain((_request, response) => response.end());
    expect((await own.request({ method: 'GET', url: `http://127.0.0.1:${port}/` })).status).toBe(200);
    await own.close();
    await own.close();
  });
});

describe('what can go wrong says where and what to do', () => {
  test('nobody listens', async () => {
    const port = await freePort();
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'net.refused',
      message: `Nothing accepts connections at 127.0.0.1:${port}.`,
      retry: 'later',
      hint: expect.any(String),
    });
  });

  test('the name does not exist', async () => {
    await expect(get('http://nowhere.invalid/')).rejects.toMatchObject({
      code: 'net.unresolved',
      message: expect.stringContaining('nowhere.invalid'),
    });
  });

  test('the server takes too long, as long as the caller wants to wait', async () => {
    const port = await plain(() => {});
    const started = performance.now();
    await expect(get(`http://127.0.0.1:${port}/`, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'net.timeout',
      message: `127.0.0.1:${port} did not answer in time.`,
    });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test('the server stops in the middle of its answer', async () => {
    const port = await plain((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('part');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'net.lost',
      message: expect.stringContaining(`127.0.0.1:${port}`),
      retry: 'later',
    });
  });

  test('the answer is longer than wanted', async () => {
    const port = await plain((_request, response) => response.end('x'.repeat(2000)));
    await expect(get(`http://127.0.0.1:${port}/`, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'net.too-large',
    });
  });

  test('the caller loses interest', async () => {
    const port = await plain(() => {});
    const stop = new AbortController();
    const asked = get(`http://127.0.0.1:${port}/`, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(asked).rejects.toThrow('enough');
    await expect(get(`http://127.0.0.1:${port}/`, { signal: stop.signal })).rejects.toThrow('enough');
  });

  test.each(['ftp://x.example/', 'nonsense', ''])('"%s" is no address', async (url) => {
    await expect(get(url)).rejects.toMatchObject({ code: 'net.bad-address' });
  });
});

describe.skipIf(!have('openssl'))('a request over TLS', () => {
  let directory: string;
  let tls: TlsMaterial;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-http-'));
    tls = await makeTlsMaterial(directory, ['127.0.0.1']);
  });
  afterAll(() => rm(directory, { recursive: true }));
  const secure = (handler: RequestListener) =>
    listening(createTlsServer({ cert: tls.certificatePem, key: tls.keyPem }, handler));

  test('trusts the given root', async () => {
    const port = await secure((_request, response) => response.end('safe'));
    const answer = await get(`https://127.0.0.1:${port}/`, { trustedRootsPem: tls.rootPem });
    expect(answer.body.toString()).toBe('safe');
  });

  test('names the issuer it does not trust and the way out, also on a second try', async () => {
    let asked = 0;
    const port = await secure((_request, response) => {
      asked++;
      response.end();
    });
    for (let n = 0; n < 2; n++)
      await expect(get(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
        code: 'net.tls-untrusted',
        message: `The certificate of 127.0.0.1:${port} was issued by "Test API root", which this machine does not trust.`,
        hint: expect.stringContaining('trusted_roots'),
        retry: 'needs-person',
      });
    expect(asked).toBe(0);
  });

  test('trust given for one request is not there for the next', async () => {
    const port = await secure((_request, response) => response.end());
    await get(`https://127.0.0.1:${port}/`, { trustedRootsPem: tls.rootPem });
    await expect(get(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'net.tls-untrusted' });
  });

  test('another trusted root beside the right one is no hindrance', async () => {
    const other = await makeTlsMaterial(await mkdtemp(join(directory, 'other-')));
    const port = await secure((_request, response) => response.end());
    const both = other.rootPem + tls.rootPem;
    expect((await get(`https://127.0.0.1:${port}/`, { trustedRootsPem: both })).status).toBe(200);
    await expect(get(`https://127.0.0.1:${port}/`, { trustedRootsPem: other.rootPem })).rejects.toMatchObject(
      {
        code: 'net.tls-untrusted',
      },
    );
  });

  test('roots that are none are refused with what to give, blank ones are no setting', async () => {
    const port = await secure((_request, response) => response.end());
    const broken = tls.rootPem.replace(/MII[\s\S]{40}/, 'MIIAAAA');
    for (const trustedRootsPem of ['garbage', broken, `${tls.rootPem}${broken}`])
      await expect(get(`https://127.0.0.1:${port}/`, { trustedRootsPem })).rejects.toMatchObject({
        code: 'net.roots-unreadable',
        hint: expect.stringContaining('trusted_roots'),
      });
    await expect(get(`https://127.0.0.1:${port}/`, { trustedRootsPem: ' \n' })).rejects.toMatchObject({
      code: 'net.tls-untrusted',
    });
  });

  test('a certificate for another name is told apart', async () => {
    const port = await secure((_request, response) => response.end());
    await expect(get(`https://localhost:${port}/`, { trustedRootsPem: tls.rootPem })).rejects.toMatchObject({
      code: 'net.tls-name-mismatch',
      message: `The certificate of localhost:${port} is not for localhost.`,
    });
  });

  test('a port that does not speak TLS is told apart', async () => {
    const port = await plain((_request, response) => response.end());
    await expect(get(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: expect.stringMatching(/^net\.(tls-failed|lost)$/),
    });
  });
});
