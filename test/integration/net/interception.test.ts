import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';
import type { ProxyConfig } from '../../../electron/net/proxy/config.ts';
import { type MadeCa, makeCa, makeLeaf } from '../../make/certificates.ts';
import { manualProxy, pacProxy } from '../../make/proxy-config.ts';
import { type InterceptingProxy, startInterceptingProxy } from '../../servers/intercepting-proxy.ts';
import { startPacServer } from '../../servers/pac-server.ts';

const vaultRoot = makeCa({ commonName: 'Vault root' });
const inspection = makeCa({ commonName: 'Corp TLS Inspection CA' });
/** Somebody added it to the trust store of this machine. */
const installed = makeCa({ commonName: 'Corp installed CA' });
const leaf = makeLeaf(vaultRoot, { names: ['vault.test'] });

const directory = mkdtempSync(join(tmpdir(), 'trustkeep-inspection-'));
writeFileSync(join(directory, 'store.pem'), installed.certPem);
process.env.SSL_CERT_FILE = join(directory, 'store.pem'); // the machine's store, read once per process

let server: Server;
let port: number;
let stranger: InterceptingProxy;
let trusted: InterceptingProxy;
const later: (() => unknown)[] = [];

beforeAll(async () => {
  server = createServer({ cert: leaf.chainPem, key: leaf.keyPem }, (_request, response) =>
    response.end('real'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  port = typeof place === 'object' && place !== null ? place.port : 0;
  [stranger, trusted] = await Promise.all([
    startInterceptingProxy(inspection, port),
    startInterceptingProxy(installed, port),
  ]);
});
afterEach(async () => {
  for (const end of later.splice(0).toReversed()) await end();
});
afterAll(async () => {
  await Promise.all([stranger.stop(), trusted.stop()]);
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

function client(setting: ProxyConfig): Http {
  const http = makeHttp({ userAgent: 'x', clock: systemClock, log: silentLog, proxy: () => setting });
  later.push(() => http.close());
  return http;
}
const url = 'https://vault.test/v1/secret';

describe('a proxy that reads along with a CA this machine does not trust', () => {
  test('gets nothing to read, and is named with its CA and what to do', async () => {
    const http = client(manualProxy(stranger.port));
    for (let n = 0; n < 2; n++)
      await expect(
        http.request({ method: 'POST', url, headers: { 'x-vault-token': 'hush' }, body: 'hush' }),
      ).rejects.toMatchObject({
        code: 'proxy.intercepts',
        message: `The certificate shown for vault.test:443 behind the proxy 127.0.0.1:${stranger.port} was issued by "Corp TLS Inspection CA", which this machine does not trust: the proxy decrypts the traffic, or the server has a private CA.`,
        hint: expect.stringMatching(/trust store of this machine.*trusted_roots/),
        retry: 'needs-person',
      });
    expect(stranger.read).toEqual([]);
  });

  test('is not trusted for the roots of the destination either', async () => {
    const http = client(manualProxy(stranger.port));
    await expect(
      http.request({ method: 'GET', url, trustedRootsPem: vaultRoot.certPem }),
    ).rejects.toMatchObject({ code: 'proxy.intercepts' });
    expect(stranger.read).toEqual([]);
  });

  test('is found by the steps, through a PAC file too', async () => {
    const pac = await startPacServer(
      `function FindProxyForURL() { return "PROXY 127.0.0.1:${stranger.port}"; }`,
    );
    later.push(() => pac.stop());
    for (const setting of [manualProxy(stranger.port), pacProxy(pac.url)]) {
      const found = await client(setting).reach({ url });
      expect(found).toMatchObject({
        ok: false,
        way: `proxy 127.0.0.1:${stranger.port}`,
        interceptedBy: 'Corp TLS Inspection CA',
        certificate: { subject: 'vault.test', issuer: 'Corp TLS Inspection CA', trusted: false },
        failure: { code: 'proxy.intercepts' },
      });
      expect(found.steps.at(-1)).toMatchObject({ name: 'tls', ok: false });
    }
    expect(stranger.read).toEqual([]);
  });

  test('works once its root is given, and still shows as reading along nowhere', async () => {
    const http = client(manualProxy(stranger.port));
    const trustedRootsPem = inspection.certPem;
    const answer = await http.request({ method: 'GET', url, trustedRootsPem });
    expect(answer.body.toString()).toBe('real');
    expect(stranger.read.map((one) => one.url)).toEqual(['/v1/secret']);
    expect(await http.reach({ url, trustedRootsPem })).toMatchObject({ ok: true, interceptedBy: null });
  });
});

describe('a proxy that is itself reached over TLS', () => {
  async function overTls(ca: MadeCa): Promise<number> {
    const own = makeLeaf(ca, { names: ['127.0.0.1'] });
    const front = createTlsServer({ cert: own.chainPem, key: own.keyPem }, (socket) => {
      const onward = connect(trusted.port, '127.0.0.1');
      socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
      onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    later.push(() => void front.close());
    const place = front.address();
    return typeof place === 'object' && place !== null ? place.port : 0;
  }
  const through = async (proxyPort: number) => {
    const pac = await startPacServer(`function FindProxyForURL() { return "HTTPS 127.0.0.1:${proxyPort}"; }`);
    later.push(() => pac.stop());
    return client(pacProxy(pac.url));
  };

  test('carries the TLS of the destination inside its own', async () => {
    const proxyPort = await overTls(installed);
    const http = await through(proxyPort);
    for (let n = 0; n < 3; n++)
      expect((await http.request({ method: 'GET', url })).body.toString()).toBe('real');
    expect(await http.reach({ url })).toMatchObject({ ok: true, way: `https proxy 127.0.0.1:${proxyPort}` });
  });

  test('is set by host and port as well', async () => {
    const proxyPort = await overTls(installed);
    const http = client(manualProxy(proxyPort, { tls: true }));
    expect((await http.request({ method: 'GET', url })).body.toString()).toBe('real');
    const found = await http.reach({ url });
    expect(found).toMatchObject({ ok: true, way: `https proxy 127.0.0.1:${proxyPort}` });
    expect(found.steps[0]?.sentence).toContain(`The setting uses the https proxy 127.0.0.1:${proxyPort}`);
  });

  test('is told as that when it is asked in clear', async () => {
    const proxyPort = await overTls(installed);
    const http = client(manualProxy(proxyPort));
    await expect(http.request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'proxy.bad-answer',
      message: expect.stringContaining('It answers in TLS there.'),
      hint: expect.stringContaining('set tls Yes'),
    });
  });

  test('is not used when this machine does not trust it', async () => {
    const http = await through(await overTls(inspection));
    await expect(http.request({ method: 'GET', url })).rejects.toMatchObject({ code: 'proxy.tls-failed' });
    expect((await http.reach({ url })).steps.at(-1)).toMatchObject({ name: 'proxy', ok: false });
  });
});

describe('a proxy that reads along with a CA of this machine’s own store', () => {
  test('is let through, and the steps say that its root is no public one', async () => {
    const http = client(manualProxy(trusted.port));
    expect((await http.request({ method: 'GET', url })).body.toString()).toBe('real');
    const found = await http.reach({ url });
    expect(found).toMatchObject({
      ok: true,
      interceptedBy: 'Corp installed CA',
      certificate: { trusted: true },
      failure: null,
    });
    expect(found.steps.at(-1)).toMatchObject({ name: 'tls', ok: true });
    expect(found.steps.at(-1)?.sentence).toContain(
      `"Corp installed CA" is not a public root but one from this machine's own store: the proxy 127.0.0.1:${trusted.port} decrypts the traffic, unless vault.test is your own server.`,
    );
  });

  test('is noticed all the more when the destination has roots of its own', async () => {
    const found = await client(manualProxy(trusted.port)).reach({ url, trustedRootsPem: vaultRoot.certPem });
    expect(found).toMatchObject({ ok: true, interceptedBy: 'Corp installed CA' });
  });
});
