import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

/** A TLS server on a free port of this machine that ends every connection after the handshake. */
export interface LittleServer {
  port: number;
  /** From now on it serves this key and these certificates. */
  take(pem: string): void;
  stop(): void;
}

/** Serves the private key and the certificates of a PEM text. Resolves when it listens. */
export function startLittleServer(pem: string): Promise<LittleServer> {
  const server = createServer({ key: pem, cert: pem }, (socket) => socket.end());
  server.on('tlsClientError', () => {}); // whoever only asked for the certificate has gone
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        port,
        take: (next) => server.setSecureContext({ key: next, cert: next }),
        stop: () => server.close(),
      });
    });
  });
}
