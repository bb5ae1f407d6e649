import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import * as tls from 'node:tls';
import type { Clock } from '#kit/clock.ts';
import { harmless } from '#shared/failure.ts';
import type { Peer } from './failures.ts';

/** What a server showed, whether it is trusted or not. */
export interface Handshake {
  subject: string;
  /** The topmost issuer that can be seen. */
  issuer: string;
  protocol: string;
  /** Leaf first, as far as it is known, a root of this machine included. */
  chain: X509Certificate[];
  /** What a connection would be refused with; null: nothing to object. */
  objection: NodeJS.ErrnoException | null;
}

/** In TLS 1.3 a server objects to our certificate only after the handshake; its tickets say that it does not. */
const secondThoughtsMs = 300;
const longestName = 300;

/**
 * Shakes hands over an open socket and says what was shown; nothing else is sent and nothing it says is trusted. The
 * socket is destroyed. Rejects with what the handshake ended with.
 */
export function shakeHands(
  raw: Socket,
  peer: Peer,
  options: {
    secureContext: tls.SecureContext;
    timeoutMs: number;
    clock: Clock;
    signal?: AbortSignal | undefined;
  },
): Promise<Handshake> {
  const { clock, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      socket: raw,
      secureContext: options.secureContext,
      rejectUnauthorized: false,
      host: peer.host,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(peer.host) === 0 ? { servername: peer.host } : {}),
    });
    let second = { cancel: () => {} };
    const late = () => finish(() => reject(Object.assign(new Error('no handshake'), { code: 'ETIMEDOUT' })));
    const timer = clock.after(options.timeoutMs, late);
    const stop = () => finish(() => reject(signal?.reason));
    const finish = (how: () => void) => {
      timer.cancel();
      second.cancel();
      signal?.removeEventListener('abort', stop);
      socket.destroy();
      raw.destroy();
      how();
    };
    const done = (handshake: Handshake) => finish(() => resolve(handshake));
    const tickets = Promise.withResolvers<void>();
    socket.on('session', () => tickets.resolve());
    socket.once('secureConnect', () => {
      const handshake = readHandshake(socket);
      if (handshake.protocol !== 'TLSv1.3') return done(handshake);
      second = clock.after(secondThoughtsMs, () => done(handshake));
      void tickets.promise.then(() => done(handshake));
    });
    socket.on('error', (error) => finish(() => reject(error)));
    socket.once('close', () =>
      finish(() => reject(Object.assign(new Error('closed in the handshake'), { code: 'ECONNRESET' }))),
    );
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function readHandshake(socket: tls.TLSSocket): Handshake {
  const leaf = socket.getPeerCertificate(true);
  const chain = chainOf(leaf);
  return {
    subject:
      nameOf(leaf.subject) ?? text(leaf.subjectaltname?.split(', ')[0]?.replace(/^\w+:/, '')) ?? '(no name)',
    issuer: nameOf(chain.at(-1)?.issuer) ?? '(no name)',
    protocol: socket.getProtocol() ?? 'unknown',
    chain: chain.map(({ raw }) => new X509Certificate(raw)),
    // typed as an Error, but the verification's own answer is its code alone
    objection: socket.authorized ? null : asError(socket.authorizationError),
  };
}

function asError(objection: unknown): NodeJS.ErrnoException {
  if (objection instanceof Error) return objection;
  return Object.assign(new Error(String(objection)), { code: String(objection) });
}

function chainOf(leaf: Partial<tls.DetailedPeerCertificate>): tls.DetailedPeerCertificate[] {
  const chain: tls.DetailedPeerCertificate[] = [];
  let next: Partial<tls.DetailedPeerCertificate> | undefined = leaf;
  while (
    next?.raw !== undefined &&
    chain.length < 10 &&
    chain.at(-1)?.fingerprint256 !== next.fingerprint256
  ) {
    chain.push(next as tls.DetailedPeerCertificate);
    next = next.issuerCertificate;
  }
  return chain;
}

function nameOf(name: Partial<tls.Certificate> | undefined): string | null {
  return text(name?.CN) ?? text(name?.OU) ?? text(name?.O);
}

/** Whoever made the certificate chose what stands in it. */
function text(part: string | string[] | undefined): string | null {
  const one = Array.isArray(part) ? part[0] : part;
  return one === undefined ? null : harmless(one, longestName);
}
