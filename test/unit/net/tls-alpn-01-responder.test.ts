import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { freePort } from '#test/servers/free-port.ts';
import { makeTlsAlpn01Responder } from '../../../electron/net/tls-alpn-01-responder.ts';
import { alpnCertificate } from '../../../electron/providers/authorities/acme/alpn-certificate.ts';

const address = '127.0.0.1';
const responder = makeTlsAlpn01Responder({ log: silentLog });
const certificateFor = (name: string) => alpnCertificate(name, 'token.thumbprint', 1_700_000_000_000);

/** What a handshake shows: the certificate and what was agreed on, or how it failed; and what was said after it. */
function greet(
  port: number,
  options: ConnectionOptions,
): Promise<{ cert: Buffer; protocol: string; said: string } | string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, rejectUnauthorized: false, ...options });
    let said = '';
    socket.on('data', (part: Buffer) => (said += part.toString()));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('secureConnect', () => {
      const cert = socket.getPeerCertificate().raw;
      const protocol = String(socket.alpnProtocol);
      socket.once('close', () => resolve({ cert, protocol, said }));
      socket.resume();
    });
  });
}

const asCa = (servername: string) => ({ servername, ALPNProtocols: ['acme-tls/1'] });

test('it shows the certificate of the name that is asked for, says nothing after that and goes', async () => {
  const port = await freePort();
  const made = await certificateFor('Shop.example');
  const stop = await responder.serve({ address, port, ...made });
  const shown = await greet(port, asCa('SHOP.example'));
  if (typeof shown === 'string') throw new Error(shown);
  expect([shown.protocol, shown.said]).toEqual(['acme-tls/1', '']);
  const certificate = new X509Certificate(shown.cert);
  expect(certificate.toString()).toBe(new X509Certificate(made.certificatePem).toString());
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  await stop();
  await stop();
  expect(await greet(port, asCa('shop.example'))).toBe('ECONNREFUSED');
});

test('who asks for another name, or by another protocol, is refused in the handshake', async () => {
  const port = await freePort();
  const stop = await responder.serve({ address, port, ...(await certificateFor('shop.example')) });
  expect(await greet(port, asCa('bank.example'))).toEqual(expect.any(String));
  expect(await greet(port, { servername: 'shop.example', ALPNProtocols: ['h2'] })).toMatch(
    /ALPN|ALERT|RESET/i,
  );
  await stop();
});

test('who stays after the handshake is not waited for', async () => {
  const port = await freePort();
  const stop = await responder.serve({ address, port, ...(await certificateFor('shop.example')) });
  const options = { host: address, port, rejectUnauthorized: false, allowHalfOpen: true };
  const socket = connect({ ...options, ...asCa('shop.example') });
  socket.on('error', () => {}); // how it ends is all the same
  socket.resume();
  await once(socket, 'end');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const say = () => !socket.destroyed && socket.write('still here', () => setImmediate(say));
  say();
  await closed;
  await stop();
});

test('the certificate holds the digest of what the CA gave, in a critical extension of its own', async () => {
  const { certificatePem } = await certificateFor('shop.example');
  // RFC 8737 3: id-pe-acmeIdentifier, critical, an octet string in that of the extension
  const extension = Buffer.from('06082b0601050507011f0101ff04220420', 'hex');
  const digest = createHash('sha256').update('token.thumbprint').digest();
  const der = new X509Certificate(certificatePem).raw;
  expect(der.includes(Buffer.concat([extension, digest]))).toBe(true);
});

test('an address is asked for by its name in the reverse tree', async () => {
  const [four, six] = await Promise.all([certificateFor('192.0.2.7'), certificateFor('2001:db8::1')]);
  expect(four.serverName).toBe('7.2.0.192.in-addr.arpa');
  expect(six.serverName).toBe('1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa');
  expect(new X509Certificate(six.certificatePem).subjectAltName).toBe('IP Address:2001:DB8:0:0:0:0:0:1');
});

test('a port in use is named, with how the program there can pass on what a CA asks', async () => {
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, address, resolve));
  const certificate = await certificateFor('shop.example');
  await expect(responder.serve({ address, port, ...certificate })).rejects.toMatchObject({
    code: 'responder.port-taken',
    hint: expect.stringMatching(/ssl_preread.*forward port 443/),
  });
  await new Promise((resolve) => other.close(resolve));
});
