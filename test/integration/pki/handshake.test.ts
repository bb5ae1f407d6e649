import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { keyTypes } from '#shared/model/certificate.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { readCertificate } from '../../../electron/pki/read-certificate.ts';

let server: Server | undefined;
afterEach(() => server?.close());

test.each(keyTypes)('a TLS client accepts a made chain with a key of type %s', async (keyType) => {
  const ca = makeCa();
  const leaf = makeLeaf(ca, { names: ['localhost', '127.0.0.1'], keyType, intermediate: true });
  server = createServer({ cert: leaf.chainPem, key: leaf.keyPem }, (socket) => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: ca.certPem });
  await once(client, 'secureConnect');
  expect(client.authorized).toBe(true);
  const served = client.getPeerX509Certificate();
  expect(readCertificate(served!.raw)).toEqual(leaf.facts);
  client.destroy();
});
