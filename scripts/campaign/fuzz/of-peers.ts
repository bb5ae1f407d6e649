import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { systemClock as clock } from '../../../electron/kit/clock.ts';
import { silentLog as log } from '../../../electron/kit/log.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';
import { makeProxyMemory } from '../../../electron/net/proxy/memory.ts';
import type { ProxyTools } from '../../../electron/net/proxy/tools.ts';
import { openTunnel } from '../../../electron/net/proxy/tunnel.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { Failure } from '../../../shared/failure.ts';
import { breakFrame } from './break-frames.ts';
import { openStranger, type Stranger } from './lines.ts';
import type { OpenReaders, Reader } from './reader.ts';

const userAgent = 'Trustkeep/campaign';
const target = { host: 'ca.example', port: 443 };
const words = [
  '\r\n',
  '\r\n\r\n',
  ':',
  ',',
  '\0',
  'chunked',
  'Content-Length: ',
  'HTTP/1.1 100 x\r\n\r\n',
  '"',
];

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: squid\r\nContent-Length: 11\r\nLink: <x>;rel="up"\r\n\r\n{"a":"bcd"}',
);
const inChunks = Buffer.from(
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n5;x=y\r\n{"a":\r\n3\r\n12}\r\n0\r\nTrailer: z\r\n\r\n',
);
const connected = Buffer.from(
  'HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n\u0016\u0003\u0001',
);
const wantsLogin = Buffer.from(
  'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm="a", nonce="b", qop="auth"\r\nProxy-Authenticate: Basic realm="a"\r\nContent-Length: 4\r\n\r\nwhat',
);
/** RFC 1928 3 and 6, RFC 1929 2: no login; a login that is accepted; an address of each kind. */
const socks = [
  Buffer.from('050005000001 7f000001 1f90'.replaceAll(' ', ''), 'hex'),
  Buffer.from('0502 0100 05000003 0a63612e6578616d706c65 01bb'.replaceAll(' ', ''), 'hex'),
  Buffer.from(`0500050000 04 ${'00'.repeat(15)}01 01bb`.replaceAll(' ', ''), 'hex'),
];
/** RFC 4253 4.2 and 7.1: a banner, and the first packet with lists of names. */
const ssh = Buffer.concat([Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), keyExchange()]);
const tls = [
  Buffer.from('15030300020228', 'hex'),
  Buffer.from(`160303003a0200003603 03${'5a'.repeat(32)}00c02f000005ff01000100`.replaceAll(' ', ''), 'hex'),
  Buffer.from('220 mail ESMTP\r\n'),
];

function keyExchange(): Buffer {
  const lists = [
    ...['curve25519-sha256', 'ssh-ed25519,rsa-sha2-512', 'aes256-gcm@openssh.com', 'aes256-gcm@openssh.com'],
    ...['hmac-sha2-256', 'hmac-sha2-256', 'none', 'none', '', ''],
  ].map((names) => Buffer.concat([count(names.length), Buffer.from(names)]));
  const payload = Buffer.concat([Buffer.of(20), Buffer.alloc(16, 9), ...lists, Buffer.alloc(5)]);
  const padding = 16 - ((payload.length + 5) % 8);
  return Buffer.concat([
    count(payload.length + padding + 1),
    Buffer.of(padding),
    payload,
    Buffer.alloc(padding),
  ]);
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Who says what, and how it is read. */
interface Peer {
  name: string;
  share: number;
  samples: readonly Buffer[];
  says: Stranger;
  read(port: number): Promise<unknown>;
  refuses(code: string): boolean;
}

const readerOf = ({ name, share, samples, says, read, refuses }: Peer): Reader => ({
  name,
  share,
  make: (chance) => breakFrame(chance.pick(samples), words, chance.pick(samples), chance),
  read: (input) => {
    says.says = input;
    return read(says.port);
  },
  refuses: (error) => error instanceof Failure && refuses(error.code),
});

const ofNet = (code: string): boolean => code.startsWith('net.') || code.startsWith('proxy.');

/** Servers and proxies that say whatever they like to a client that has connected to them. */
export async function ofPeers(): Promise<OpenReaders> {
  const [says, saysFirst] = [await openStranger(), await openStranger(true)];
  const direct = makeHttp({ userAgent, clock, log });
  const route = { mode: 'manual', host: '127.0.0.1', port: says.port, user: null, domain: null } as const;
  const setting = { settings: { route, bypass: [] }, password: () => null };
  const proxied = makeHttp({ userAgent, clock, log, proxy: () => setting });
  const http = { share: 5, samples: [answer, inChunks], says, refuses: ofNet };
  const tunnel = { says, refuses: ofNet };
  const peers: Peer[] = [
    { ...http, name: 'HTTP answer', read: (port) => ask(direct, `http://127.0.0.1:${port}/x`) },
    { ...http, name: 'HTTP answer of a proxy', read: () => ask(proxied, 'http://ca.example/x') },
    {
      ...tunnel,
      name: 'CONNECT answer',
      share: 5,
      samples: [connected, wantsLogin],
      read: (port) => through(port),
    },
    { ...tunnel, name: 'SOCKS 5 answer', share: 5, samples: socks, read: (port) => through(port, true) },
    {
      ...{ name: 'words before TLS', share: 5, samples: tls, says },
      read: (port) => probeTls({ address: '127.0.0.1', port, serverName: 'a.example', timeoutMs: 5000 }),
      refuses: () => false,
    },
    {
      ...{ name: 'SSH banner and key exchange', share: 3, samples: [ssh], says: saysFirst, read: logIn },
      refuses: (code) => code.startsWith('ssh.') || code.startsWith('connection.'),
    },
  ];
  return {
    readers: peers.map(readerOf),
    wrongNow: async () => [],
    async close() {
      await Promise.all([direct.close(), proxied.close(), says.close(), saysFirst.close()]);
    },
  };
}

const ask = (http: Http, url: string): Promise<unknown> =>
  http.request({ method: 'GET', url, timeoutMs: 5000 });

/** With a login, so that the proxy can ask for one. */
async function through(port: number, socks5?: true): Promise<void> {
  const tools: ProxyTools = {
    login: () => ({ user: 'deploy', domain: null, password: Secret.of('campaign') }),
    memory: makeProxyMemory(clock),
    ...{ clock, log, userAgent, connectTimeoutMs: 5000 },
  };
  const socket = await openTunnel({ host: '127.0.0.1', port, tls: false, socks5 }, target, tools);
  socket.destroy();
}

async function logIn(port: number): Promise<void> {
  const connection = await connect(
    {
      ...{ type: 'ssh', host: '127.0.0.1', port, user: 'deploy', auth: 'password', hostKey: null },
      ...{ store: null, storeCredentialId: null },
    },
    { password: Secret.of('campaign') },
    { clock, log, http: () => makeHttp({ userAgent: 'campaign', clock, log }) },
  );
  await connection.close();
}
