import { createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { systemClock as clock } from '../../../electron/kit/clock.ts';
import { silentLog as log } from '../../../electron/kit/log.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { makeHttp01Responder } from '../../../electron/net/http-01-responder.ts';
import { makeTlsAlpn01Responder } from '../../../electron/net/tls-alpn-01-responder.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeCa, makeLeaf } from '../../../test/make/certificates.ts';
import { freePort } from '../../../test/servers/free-port.ts';
import { breakFrame } from './break-frames.ts';
import { knock } from './lines.ts';
import type { OpenReaders, Reader } from './reader.ts';

const address = '127.0.0.1';
const path = '/.well-known/acme-challenge/abc';
const body = 'abc.thumbprint';
const request = Buffer.from(
  `GET ${path} HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: CA\r\nAccept: */*\r\nContent-Length: 3\r\n\r\nabc`,
);
const words = [
  '\r\n',
  '\r\n\r\n',
  ' ',
  '/',
  '%',
  '\0',
  ':',
  'POST',
  'Transfer-Encoding: chunked\r\n',
  'Host: ',
];

/** Whoever can reach the machine may knock at the ports that answer CAs. */
export async function ofDoors(): Promise<OpenReaders> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const leaf = makeLeaf(makeCa(), { names: ['shop.example'] });
  const certificate = { certificatePem: leaf.certPem, keyPem: Secret.of(leaf.keyPem) };
  const closeHttp = await makeHttp01Responder({ log }).serve({ address, port, path, body });
  const closeTls = await makeTlsAlpn01Responder({ log }).serve({
    ...{ address, port: tlsPort, serverName: 'shop.example' },
    ...certificate,
  });
  const hello = await clientHello();
  const readers: Reader[] = [
    doorOf('request at the http-01 port', port, request, words),
    doorOf('hello at the tls-alpn-01 port', tlsPort, hello, [
      '\0',
      '\u0016\u0003\u0001',
      'acme-tls/1',
      '\u00ff',
    ]),
  ];
  return {
    readers,
    wrongNow: async () => [...(await httpWrong(port)), ...(await tlsWrong(tlsPort))],
    async close() {
      await closeHttp();
      await closeTls();
    },
  };
}

const doorOf = (name: string, port: number, sample: Buffer, special: readonly string[]): Reader => ({
  name,
  share: 5,
  make: (chance) => breakFrame(sample, special, sample, chance),
  read: (input) => knock({ host: address, port }, input),
  refuses: () => false,
});

async function httpWrong(port: number): Promise<string[]> {
  const http = makeHttp({ userAgent: 'CA', clock, log });
  const answer = await http.request({ method: 'GET', url: `http://${address}:${port}${path}` });
  await http.close();
  return answer.body.toString() === body ? [] : ['the http-01 port no longer answers'];
}

function tlsWrong(port: number): Promise<string[]> {
  return new Promise((resolve) => {
    const options = { host: address, port, servername: 'shop.example', ALPNProtocols: ['acme-tls/1'] };
    const socket = connectTls({ ...options, rejectUnauthorized: false });
    socket.once('secureConnect', () => resolve([]));
    socket.once('error', () => resolve(['the tls-alpn-01 port no longer answers']));
    socket.once('close', () => socket.destroy());
  });
}

/** As a CA would send it, caught on its way. */
function clientHello(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes: Buffer) => {
        socket.destroy();
        server.close(() => resolve(bytes));
      });
    });
    server.on('error', reject);
    server.listen(0, address, () => {
      const at = server.address();
      const port = typeof at === 'object' && at !== null ? at.port : 0;
      connectTls({ host: address, port, servername: 'shop.example', ALPNProtocols: ['acme-tls/1'] }).on(
        'error',
        () => {},
      );
    });
  });
}
