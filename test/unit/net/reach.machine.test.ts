import type { Server as HttpsServer, ServerOptions } from 'node:https';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { splitPem, toPem } from '../../../electron/pki/pem.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeCa, makeLeaf } from '../../make/certificates.ts';
import { JumpingClock } from '../../make/clock.ts';
import { freePort } from '../../servers/free-port.ts';

const http = makeHttp({ userAgent: 'Trustkeep/1', clock: systemClock, log: silentLog });
afterAll(() => http.close());

const root = makeCa({ commonName: 'Vault root' });
const server = makeLeaf(root, { names: ['localhost', '127.0.0.1'] });
const identity = { cert: server.chainPem, key: server.keyPem };

const open: Server[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) {
    (one as HttpsServer).closeAllConnections?.();
    await new Promise<void>((resolve) => one.close(() => resolve()));
  }
});
async function listening<T extends Server>(one: T): Promise<number> {
  open.push(one);
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  const place = one.address();
  return typeof place === 'object' && place !== null ? place.port : 0;
}
const drain = (socket: Socket) => socket.on('error', () => {}).resume();
const secure = (options: ServerOptions = {}) => {
  const requests: unknown[] = [];
  const one = createHttpsServer({ ...identity, ...options }, (request, response) => {
    requests.push(request.url);
    response.end('ok');
  });
  return { port: listening(one), requests };
};

describe('the direct way to an address', () => {
  const reached = async (identity: ServerOptions, trustedRootsPem: string) => {
    const { port } = secure(identity);
    return http.reach({ url: `https://localhost:${await port}/`, trustedRootsPem });
  };
  const below = makeLeaf(root, { names: ['localhost'], intermediate: true });

  test('names the topmost issuer also where those between were not sent and are known here', async () => {
    const [, issuer] = splitPem(below.chainPem).map(({ der }) => der);
    const known = toPem('CERTIFICATE', issuer ?? Buffer.of()) + root.certPem;
    const reach = await reached({ cert: below.certPem, key: below.keyPem }, known);
    expect(reach.certificate).toMatchObject({ subject: 'localhost', issuer: 'Vault root', trusted: true });
  });

  test('names an issuer as it is written, whatever stands in its name', async () => {
    const name = String.raw`Müller, "Söhne" + Co \\ <O=x>; #1`;
    const odd = makeCa({ commonName: name });
    const { certPem: cert, keyPem: key } = makeLeaf(odd, { names: ['localhost'] });
    expect((await reached({ cert, key }, odd.certPem)).certificate).toMatchObject({ issuer: name });
  });

  test('is named step by step, with who signed what is shown, and no request is sent', async () => {
    const { port, requests } = secure();
    const at = `localhost:${await port}`;
    const reach = await http.reach({ url: `https://${at}/v1/x`, trustedRootsPem: root.certPem });
    expect(reach).toMatchObject({ ok: true, way: 'direct', interceptedBy: null, failure: null });
    expect(reach.steps.map(({ name, ok }) => [name, ok])).toEqual([
      ['resolve', true],
      ['connect', true],
      ['tls', true],
    ]);
    expect(reach.steps.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^localhost resolves to .*127\.0\.0\.1/),
      `${at} accepts connections (at 127.0.0.1).`,
      expect.stringContaining('"localhost", issued by "Vault root", which this machine trusts'),
    ]);
    expect(reach.certificate).toMatchObject({ subject: 'localhost', issuer: 'Vault root', trusted: true });
    expect(requests).toEqual([]);
  });

  test('over plain HTTP ends with the connection', async () => {
    const port = await listening(createServer(drain));
    const reach = await http.reach({ url: `http://127.0.0.1:${port}/` });
    expect(reach).toMatchObject({ ok: true, certificate: null });
    expect(reach.steps.map(({ name }) => name)).toEqual(['resolve', 'connect']);
  });

  test('stops at a name that does not exist', async () => {
    const reach = await http.reach({ url: 'https://nowhere.invalid/' });
    expect(reach).toMatchObject({ ok: false, failure: { code: 'net.unresolved' } });
    expect(reach.steps).toEqual([
      { name: 'resolve', ok: false, sentence: expect.stringContaining('nowhere.invalid') },
    ]);
  });

  test('stops at a port where nobody listens', async () => {
    const reach = await http.reach({ url: `https://127.0.0.1:${await freePort()}/` });
    expect(reach).toMatchObject({ ok: false, failure: { code: 'net.refused' }, certificate: null });
    expect(reach.steps.map(({ name, ok }) => [name, ok])).toEqual([
      ['resolve', true],
      ['connect', false],
    ]);
  });

  test('stops at a certificate this machine does not trust, and names its issuer', async () => {
    const { port } = secure();
    const reach = await http.reach({ url: `https://localhost:${await port}/` });
    expect(reach).toMatchObject({ ok: false, failure: { code: 'net.tls-untrusted' } });
    expect(reach.failure?.message).toContain('"Vault root"');
    expect(reach.certificate).toMatchObject({ subject: 'localhost', issuer: 'Vault root', trusted: false });
    expect(reach.steps.at(-1)).toMatchObject({ name: 'tls', ok: false });
  });

  test('stops at a certificate for another name, whose issuer is trusted all the same', async () => {
    const { port } = secure({ cert: makeLeaf(root, { names: ['other.example'], keyOf: server }).certPem });
    const reach = await http.reach({
      url: `https://localhost:${await port}/`,
      trustedRootsPem: root.certPem,
    });
    expect(reach.failure?.code).toBe('net.tls-name-mismatch');
    expect(reach.certificate?.trusted).toBe(true);
  });

  test('stops in time at a server that says nothing', async () => {
    const clock = new JumpingClock();
    const own = makeHttp({ userAgent: 'Trustkeep/1', clock, log: silentLog });
    const asked = (socket: Socket) => void drain(socket).once('data', () => clock.jump(60_000));
    const port = await listening(createServer(asked));
    const reach = await own.reach({ url: `https://127.0.0.1:${port}/`, timeoutMs: 60_000 });
    await own.close();
    expect(reach).toMatchObject({ ok: false, failure: { code: 'net.timeout' } });
    expect(reach.steps.at(-1)).toMatchObject({ name: 'tls', ok: false });
  });

  test('stops at roots that are none', async () => {
    const { port } = secure();
    const reach = await http.reach({ url: `https://localhost:${await port}/`, trustedRootsPem: 'garbage' });
    expect(reach.failure?.code).toBe('net.roots-unreadable');
  });

  test('is given up when the caller says so', async () => {
    const port = await listening(createServer(drain));
    const stop = new AbortController();
    const asked = http.reach({ url: `https://127.0.0.1:${port}/`, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 30);
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('a server that wants a certificate of the client', () => {
  const clients = makeCa({ commonName: 'Client root' });
  const wanted = makeLeaf(clients, { names: ['agent.example'], forClients: true });
  const certificateOf = (leaf: typeof wanted) => ({
    certificatePem: leaf.chainPem,
    key: Secret.of(leaf.keyPem),
  });
  const demanding = () => secure({ requestCert: true, rejectUnauthorized: true, ca: clients.certPem });
  const trust = { trustedRootsPem: root.certPem };

  test('gets it, and the key may be wiped after the request', async () => {
    const url = `https://localhost:${await demanding().port}/`;
    const clientCertificate = certificateOf(wanted);
    expect((await http.request({ method: 'GET', url, ...trust, clientCertificate })).status).toBe(200);
    expect(await http.reach({ url, ...trust, clientCertificate })).toMatchObject({ ok: true });
    clientCertificate.key.wipe();
    expect(
      (await http.request({ method: 'GET', url, ...trust, clientCertificate: certificateOf(wanted) })).status,
    ).toBe(200);
  });

  test('gets none from a request that was given none, not even over a kept connection', async () => {
    const url = `https://localhost:${await demanding().port}/`;
    await http.request({ method: 'GET', url, ...trust, clientCertificate: certificateOf(wanted) });
    await expect(http.request({ method: 'GET', url, ...trust })).rejects.toMatchObject({
      code: expect.stringMatching(/^net\./),
    });
  });

  test('a certificate without its key is refused here', async () => {
    const other = certificateOf(makeLeaf(clients, { names: ['other.example'] }));
    const clientCertificate = { ...certificateOf(wanted), key: other.key };
    await expect(
      http.request({ method: 'GET', url: 'https://localhost:1/', clientCertificate }),
    ).rejects.toMatchObject({
      code: 'net.client-certificate-unusable',
      message: expect.stringContaining('does not match'),
    });
  });
});
