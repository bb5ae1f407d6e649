import { createSecureContext, createServer, type SecureContext } from 'node:tls';
import type { Log } from '#kit/log.ts';
import type { Secret } from '../secrets/secret.ts';
import { OwnPlaces } from './own-places.ts';
import { SharedListeners } from './shared-listeners.ts';

export interface TlsAlpn01Responder {
  /**
   * Shows `certificatePem` on (address, port) to who asks for `serverName` (lower case) by the protocol acme-tls/1
   * (RFC 8737), until the returned function is called (idempotent). Certificate and key are in memory alone. Rejects as
   * `SharedListeners`. Safe concurrently.
   */
  serve(input: {
    address: string;
    port: number;
    serverName: string;
    certificatePem: string;
    keyPem: Secret;
  }): Promise<() => Promise<void>>;
}

/** RFC 8737 6.2. */
const protocol = 'acme-tls/1';
/** A CA says hello and goes: whoever takes longer than this is not a CA. */
const handshakeTimeoutMs = 10_000;

export function makeTlsAlpn01Responder(options: { log: Log; places?: OwnPlaces }): TlsAlpn01Responder {
  const log = options.log.in('tls-alpn-01');
  const listeners = new SharedListeners<SecureContext>({
    make(answers) {
      const server = createServer({
        ALPNProtocols: [protocol],
        handshakeTimeout: handshakeTimeoutMs,
        SNICallback(serverName, done) {
          const context = answers.get(serverName.toLowerCase())?.[0];
          log.debug('asked by TLS', { serverName, found: context !== undefined });
          if (context === undefined) done(new Error('no challenge for this name'));
          else done(null, context);
        },
      });
      // RFC 8737 3: nothing is said after the handshake, and nothing to who did not ask by this protocol
      server.on('secureConnection', (socket) => {
        socket.on('error', (error) => log.debug('the connection of a CA ended', { error }));
        socket.destroySoon(); // and does not wait for who never goes
      });
      server.on('tlsClientError', (error, socket) => {
        log.debug('a handshake came to nothing', { from: socket.remoteAddress, because: error.message });
        socket.destroy();
      });
      return server;
    },
    caPort: 443,
    places: options.places ?? new OwnPlaces(),
    ...{ challenge: 'tls-alpn-01', setting: 'tls_alpn_port' },
    instead:
      'Have that program pass connections with the ALPN protocol acme-tls/1 on to another port (by ssl_preread, for example) and set that one',
  });
  return {
    serve: ({ serverName, certificatePem, keyPem, ...at }) =>
      listeners.serve(at, serverName, createSecureContext({ cert: certificatePem, key: keyPem.text() })),
  };
}
