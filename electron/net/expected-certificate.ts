import { TLSSocket } from 'node:tls';
import { Failure } from '#shared/failure.ts';
import type { Connector } from './connector.ts';
import { place } from './failures.ts';

/** `any`: whatever is shown; else the certificate with this fingerprint, written `SHA256:` and base64 as SSH does. */
export type ExpectedCertificate = 'any' | `SHA256:${string}`;

/**
 * A handshake is completed whoever answers; who that is, is looked at before anything is sent. Each is a whole one: in one
 * that continues an earlier session no certificate is shown.
 */
export const withoutTrust = {
  rejectUnauthorized: false,
  checkServerIdentity: () => undefined,
  maxCachedSessions: 0,
};

/** As certificates are pinned and shown. `hex`: SHA-256 over the DER, with or without colons. */
export function pinOf(hex: string): `SHA256:${string}` {
  const bytes = Buffer.from(hex.replaceAll(':', ''), 'hex');
  return `SHA256:${bytes.toString('base64').replace(/=+$/, '')}`;
}

/** A pin as openssl and the device itself show it: hex with colons. */
export function asOpenssl(pin: string): string {
  const hex = Buffer.from(pin.slice('SHA256:'.length), 'base64').toString('hex').toUpperCase();
  return (hex.match(/../g) ?? []).join(':');
}

/** Lets a connection through only when the certificate that was shown is the expected one. `net.certificate-changed`. */
export function expecting(expected: ExpectedCertificate, connect: Connector): Connector {
  if (expected === 'any') return connect;
  return (options, done, openSocket) => {
    const settle: Parameters<Connector>[1] = (...[error, socket]) => {
      if (error !== null) return done(error, null);
      const seen = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      const pin = seen === undefined ? null : pinOf(seen.fingerprint256);
      if (pin === expected) return done(null, socket);
      socket.destroy();
      done(changed(options.hostname, Number(options.port) || 443, expected, pin), null);
    };
    connect(options, settle, openSocket);
  };
}

function changed(host: string, port: number, pinned: string, pin: string | null): Failure {
  const seen = pin ?? 'none';
  const compare =
    pin === null
      ? 'Check what answers there.'
      : `If the certificate was replaced, compare the new fingerprint with the one of the device itself: ${asOpenssl(pin)}. If they are the same, pin it: --certificate_fingerprint ${pin}`;
  const at = place({ host: host.replace(/^\[|\]$/g, ''), port });
  return new Failure(
    'net.certificate-changed',
    `The certificate of ${at} is not the pinned one: expected ${pinned}, received ${seen}.`,
    {
      identity: { pinned, seen },
      hint: `The connection may be intercepted. ${compare}`,
    },
  );
}
