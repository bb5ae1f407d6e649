import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { request as requestTls } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type MadeCa, makeLeaf } from '../make/certificates.ts';

export interface InterceptingProxy {
  port: number;
  /** Every request inside a tunnel, as it read it. */
  readonly read: { host: string; url: string; headers: IncomingHttpHeaders }[];
  /** Names asked for with CONNECT. */
  readonly connects: string[];
  stop(): Promise<void>;
}

/**
 * A proxy that reads along: it answers every CONNECT itself, with a certificate of `ca` for the asked name, and passes
 * on what it reads to `destination` (a port of the loopback), whatever was asked for.
 */
export async function startInterceptingProxy(ca: MadeCa, destination: number): Promise<InterceptingProxy> {
  const read: InterceptingProxy['read'] = [];
  const connects: string[] = [];
  const sockets = new Set<Socket>();
  const inside = createHttpServer((request, response) => {
    read.push({ host: request.headers.host ?? '', url: request.url ?? '', headers: request.headers });
    passOn(request, response, destination);
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnect(socket, (name) => {
      connects.push(name);
      inside.emit('connection', impersonate(ca, name, socket));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  return {
    port: place !== null && typeof place === 'object' ? place.port : 0,
    read,
    connects,
    stop() {
      for (const socket of sockets) socket.destroy();
      inside.close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Says yes to a CONNECT, whatever is asked for; anything else is a bad request. */
function onConnect(socket: Socket, asked: (name: string) => void): void {
  let head = '';
  const listen = (part: Buffer) => {
    head += part.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', listen);
    const name = /^CONNECT (\S+):\d+ /.exec(head)?.[1];
    if (name === undefined) {
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    asked(name);
  };
  socket.on('data', listen);
}

/** The server's side of TLS, with a certificate made for that name. */
function impersonate(ca: MadeCa, name: string, socket: Socket): TLSSocket {
  const leaf = makeLeaf(ca, { names: [name.replace(/^\[|\]$/g, '')] });
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext({ cert: leaf.chainPem, key: leaf.keyPem }),
  });
  secure.on('error', () => {});
  return secure;
}

function passOn(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url: path, headers } = request;
  const place = { host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false };
  const onward = requestTls(place, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
}
