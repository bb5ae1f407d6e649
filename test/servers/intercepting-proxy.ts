import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
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
    const onward = requestTls(
      {
        host: '127.0.0.1',
        port: destination,
        method: request.method,
        path: request.url,
        headers: request.headers,
        rejectUnauthorized: false,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let head = '';
    const listen = (part: Buffer) => {
      head += part.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', listen);
      const target = /^CONNECT (\S+):\d+ /.exec(head)?.[1];
      if (target === undefined) {
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
        return;
      }
      connects.push(target);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      const leaf = makeLeaf(ca, { names: [target.replace(/^\[|\]$/g, '')] });
      const secure = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext({ cert: leaf.chainPem, key: leaf.keyPem }),
      });
      secure.on('error', () => {});
      inside.emit('connection', secure);
    };
    socket.on('data', listen);
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
