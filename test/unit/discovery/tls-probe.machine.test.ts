import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { freePort } from '#test/servers/free-port.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { splitPem, toPem } from '../../../electron/pki/pem.ts';

const open: { server: Server; sockets: Set<Socket> }[] = [];
const ca = makeCa();

async function listen(server: Server, address = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  open.push({ server, sockets });
  server.listen(0, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const listenTls = (options: TlsOptions, address?: string) => {
  const server = createTlsServer(options);
  server.on('tlsClientError', () => {});
  return listen(server, address);
};

afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

const at = (port: number, serverName: string | null = null) => ({ address: '127.0.0.1', port, serverName });

describe('the TLS probe', () => {
  it('shows the leaf, its key and the chain exactly as the server sends it', async () => {
    const leaf = makeLeaf(ca, { names: ['a.example'], intermediate: true });
    const port = await listenTls({ cert: leaf.chainPem, key: leaf.keyPem });
    const answer = await probeTls(at(port, 'a.example'));
    expect(answer).toMatchObject({
      kind: 'certificate',
      leafFingerprint: leaf.facts.fingerprint,
      keyFingerprint: leaf.facts.keyFingerprint,
      leafPem: leaf.certPem,
      chainPem: leaf.chainPem,
      protocol: 'TLSv1.3',
    });
    expect(answer.kind === 'certificate' && answer.chainFingerprints).toHaveLength(2);
  });

  it('shows an issuer whose kind of key is unknown here', async () => {
    const leaf = makeLeaf(ca, { names: ['a.example'], intermediate: true });
    const [own, issuer] = splitPem(leaf.chainPem).map(({ der }) => der);
    if (own === undefined || issuer === undefined) throw new Error('there is no intermediate');
    const ecPublicKey = Buffer.from('2a8648ce3d0201', 'hex');
    issuer[issuer.indexOf(ecPublicKey) + ecPublicKey.length - 1] = 0x7f;
    const cert = toPem('CERTIFICATE', own) + toPem('CERTIFICATE', issuer);
    // at any other level the server itself demands a key that it knows
    const port = await listenTls({ cert, key: leaf.keyPem, ciphers: 'DEFAULT@SECLEVEL=0' });
    const answer = await probeTls(at(port));
    expect(answer.kind === 'certificate' && answer.chainPem).toBe(cert);
  });

  it('adds no certificate that the server did not send', async () => {
    const leaf = makeLeaf(ca, { names: ['a.example'], intermediate: true });
    const port = await listenTls({ cert: leaf.certPem, key: leaf.keyPem });
    const answer = await probeTls(at(port));
    expect(answer.kind === 'certificate' && answer.chainPem).toBe(leaf.certPem);
  });

  it('shows a self-signed certificate once', async () => {
    const port = await listenTls({ cert: ca.certPem, key: ca.keyPem });
    const answer = await probeTls(at(port));
    expect(answer.kind === 'certificate' && answer.chainFingerprints).toEqual([ca.facts.fingerprint]);
  });

  it('sends the server name, none when there is none, and none for an IP address', async () => {
    const seen: (string | false)[] = [];
    const leaf = makeLeaf(ca, { names: ['a.example'] });
    const other = makeLeaf(ca, { names: ['b.example'] });
    const port = await listenTls({
      cert: leaf.certPem,
      key: leaf.keyPem,
      SNICallback: (name, done) => {
        seen.push(name);
        done(null, createSecureContext({ cert: other.certPem, key: other.keyPem }));
      },
    });
    const named = await probeTls(at(port, 'b.example'));
    const unnamed = await probeTls(at(port));
    await probeTls(at(port, '127.0.0.1'));
    expect(named).toMatchObject({ leafFingerprint: other.facts.fingerprint });
    expect(unnamed).toMatchObject({ leafFingerprint: leaf.facts.fingerprint });
    expect(seen).toEqual(['b.example']);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'sees each certificate of a server with two over %s',
    async (version) => {
      const rsa = makeLeaf(ca, { names: ['a.example'], keyType: 'rsa-2048' });
      const ec = makeLeaf(ca, { names: ['a.example'] });
      const port = await listenTls({
        cert: [rsa.certPem, ec.certPem],
        key: [rsa.keyPem, ec.keyPem],
        minVersion: version,
        maxVersion: version,
      });
      expect(await probeTls({ ...at(port), keyAlgorithm: 'rsa' })).toMatchObject({
        leafFingerprint: rsa.facts.fingerprint,
        protocol: version,
      });
      expect(await probeTls({ ...at(port), keyAlgorithm: 'ecdsa' })).toMatchObject({
        leafFingerprint: ec.facts.fingerprint,
      });
    },
  );

  it('reaches IPv6 addresses', async () => {
    const leaf = makeLeaf(ca, { names: ['a.example'] });
    const port = await listenTls({ cert: leaf.certPem, key: leaf.keyPem }, '::1');
    expect(await probeTls({ address: '::1', port, serverName: null })).toMatchObject({ kind: 'certificate' });
  });

  it('says that nothing listens', async () => {
    const port = await freePort();
    const answer = await probeTls(at(port));
    expect(answer).toMatchObject({ code: 'refused', sentence: `Nothing listens at 127.0.0.1:${port}.` });
  });

  it('says that a server does not speak TLS', async () => {
    const port = await listen(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await probeTls(at(port))).toMatchObject({ code: 'not-tls' });
  });

  it('says that a server hangs up, and that it says nothing', async () => {
    const hangsUp = await listen(createServer((socket) => socket.once('data', () => socket.end())));
    const isMute = await listen(createServer());
    expect(await probeTls(at(hangsUp))).toMatchObject({ code: 'reset' });
    expect(await probeTls({ ...at(isMute), timeoutMs: 80 })).toMatchObject({ code: 'timeout' });
  });

  it('says that a handshake failed', async () => {
    const leaf = makeLeaf(ca, { names: ['a.example'] });
    const port = await listenTls({ cert: leaf.certPem, key: leaf.keyPem });
    expect(await probeTls({ ...at(port), keyAlgorithm: 'rsa' })).toMatchObject({ code: 'handshake-failed' });
  });

  it('says that a name cannot be resolved', async () => {
    const answer = await probeTls({ address: 'no-such-host.invalid', port: 443, serverName: null });
    expect(answer).toMatchObject({ code: 'unresolved' });
  });

  it('stops when told to', async () => {
    const port = await listen(createServer());
    const stop = new AbortController();
    const answer = probeTls({ ...at(port), signal: stop.signal });
    stop.abort();
    expect(await answer).toMatchObject({ kind: 'no-answer', code: 'timeout' });
    expect(await probeTls({ ...at(port), signal: stop.signal })).toMatchObject({ code: 'timeout' });
  });
});
