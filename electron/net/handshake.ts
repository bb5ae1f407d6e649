import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import * as tls from 'node:tls';
import type { Clock } from '#kit/clock.ts';
import { harmless } from '#shared/failure.ts';
import type { Peer } from './failures.ts';
import { isIssuedBy } from './tls-trust.ts';

/** What a server showed, whether it is trusted or not. */
export interface Handshake {
  subject: string;
  /** The topmost issuer that can be seen. */
  issuer: string;
  protocol: string;
  /** Leaf first: what was sent, and above it what is known here. */
  chain: X509Certificate[];
  /** What a connection would be refused with; null: nothing to object. */
  objection: NodeJS.ErrnoException | null;
}

/** In TLS 1.3 a server objects to our certificate only after the handshake; its tickets say that it does not. */
const secondThoughtsMs = 300;
const longestName = 300;
const longestChain = 10;

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
    /** Issuers that are known here; asked for only where they are missing in what was sent. Default: none. */
    known?: () => readonly X509Certificate[];
  },
): Promise<Handshake> {
  const { clock, signal, known = () => [] } = options;
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
      const handshake = readHandshake(socket, known);
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

function readHandshake(socket: tls.TLSSocket, known: () => readonly X509Certificate[]): Handshake {
  const chain = climbed(sentChain(socket.getPeerX509Certificate()), known);
  const leaf = chain[0];
  return {
    subject:
      nameIn(leaf?.subject) ??
      text(leaf?.subjectAltName?.split(', ')[0]?.replace(/^[\w ]+:/, '')) ??
      '(no name)',
    issuer: nameIn(chain.at(-1)?.issuer) ?? '(no name)',
    protocol: socket.getProtocol() ?? 'unknown',
    chain,
    // typed as an Error, but the verification's own answer is its code alone
    objection: socket.authorized ? null : asError(socket.authorizationError),
  };
}

function asError(objection: unknown): NodeJS.ErrnoException {
  if (objection instanceof Error) return objection;
  return Object.assign(new Error(String(objection)), { code: String(objection) });
}

/** As it was sent, also where an issuer has a kind of key that is unknown here: `getPeerCertificate` stops there. */
function sentChain(leaf: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (
    let next = leaf;
    next !== undefined && chain.length < longestChain && !isIn(chain, next);
    next = next.issuerCertificate
  )
    chain.push(next);
  return chain;
}

/** With the issuers that are known here and were not sent. */
function climbed(sent: X509Certificate[], known: () => readonly X509Certificate[]): X509Certificate[] {
  const chain = [...sent];
  let issuers: readonly X509Certificate[] | undefined;
  for (let last = chain.at(-1); last !== undefined && chain.length < longestChain; ) {
    const { subject, issuer } = last;
    const below = last;
    if (subject === issuer) return chain;
    issuers ??= known();
    const next = issuers.find((one) => isIssuedBy(below, one));
    if (next === undefined || isIn(chain, next)) return chain;
    chain.push(next);
    last = next;
  }
  return chain;
}

const isIn = (chain: readonly X509Certificate[], one: X509Certificate): boolean =>
  chain.some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256);

/** RFC 2253 with one part a line, as Node writes names: the first of the parts that a person knows it by. */
function nameIn(name: string | undefined): string | null {
  const lines = name?.split('\n') ?? [];
  for (const kind of ['CN=', 'OU=', 'O=']) {
    const line = lines.find((one) => one.startsWith(kind));
    if (line !== undefined) return text(line.slice(kind.length).replace(/\\([0-9A-F]{2}|.)/g, unescaped));
  }
  return null;
}

const unescaped = (_all: string, one: string): string =>
  one.length === 2 ? String.fromCharCode(Number.parseInt(one, 16)) : one;

/** Whoever made the certificate chose what stands in it. */
function text(part: string | undefined): string | null {
  return part === undefined ? null : harmless(part, longestName);
}
