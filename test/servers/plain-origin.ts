import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';

export interface PlainOrigin {
  port: number;
  stop(): Promise<void>;
}

/** A web server that says what it was asked: `METHOD path body`. With TLS when it is given a certificate. */
export async function startOrigin(tls?: { certificatePem: string; keyPem: string }): Promise<PlainOrigin> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.url === '/forbidden') response.statusCode = 403;
      response.end(`${request.method} ${request.url} ${Buffer.concat(parts)}`);
    });
  };
  const server =
    tls === undefined
      ? createHttp(answer)
      : createHttps({ cert: tls.certificatePem, key: tls.keyPem }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  return {
    port: place !== null && typeof place === 'object' ? place.port : 0,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
