import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Clock } from '#kit/clock.ts';
import { type Peer, place } from './failures.ts';
import type { HttpResponse } from './http-request.ts';
import { withDeadline } from './proxy/deadline.ts';
import { openTcp, openTls } from './proxy/dial.ts';
import { Line } from './proxy/line.ts';
import { writeHead } from './proxy/write-request.ts';
import { isUntrusted, quickTrust, readTrust, wholeTrust } from './tls-trust.ts';

/** How the peer of a TLS connection is known. */
export type PeerTrust =
  /** By its chain, its dates and its name. `rootsPem`: trusted beside what this machine trusts. */
  | { kind: 'chain'; rootsPem: string | null }
  /** By this certificate and no other (SHA-256, lower-case hex). */
  | { kind: 'pinned'; fingerprint: string }
  /** Not at all: whoever answers is taken for the peer. */
  | { kind: 'none' };

/** The peer showed a certificate that it is not to be known by. Nothing was sent to it. */
export class CertificateRefused extends Error {
  readonly certificate: X509Certificate;
  /** Of TLS; null: it is not the pinned one. */
  readonly code: string | null;
  constructor(certificate: X509Certificate, code: string | null) {
    super('the certificate was refused');
    this.certificate = certificate;
    this.code = code;
  }
}

/** The peer did not answer in the time it was given. */
export class LineTimeout extends Error {}

interface LineOptions {
  peer: Peer;
  /** Null: without TLS. */
  trust: PeerTrust | null;
  userAgent: string;
  clock: Clock;
  /** Milliseconds for TCP and TLS together. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

interface HeldRequest {
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** It is wiped once it is sent. */
  body: Buffer;
  /** Milliseconds for the whole answer. */
  timeoutMs: number;
  /** More is `TooLong`. */
  maxBytes: number;
  signal?: AbortSignal | undefined;
  /** The request has been handed to the system as a whole. */
  onSent?: (() => void) | undefined;
}

/**
 * One connection to one HTTP server, held for requests one after the other: for what is bound to the connection itself, as a
 * log-in with NTLM is. Never opens another one by itself, and goes through no proxy. After a request that rejects it is over.
 */
export class HeldLine {
  /** What the peer showed; null without TLS. */
  readonly certificate: X509Certificate | null;
  readonly #line: Line;
  readonly #options: LineOptions;
  #over = false;

  private constructor(socket: Socket, certificate: X509Certificate | null, options: LineOptions) {
    this.#line = new Line(socket);
    this.certificate = certificate;
    this.#options = options;
  }

  /**
   * Rejects with what the socket threw, with `CertificateRefused`, `LineTimeout`, `net.roots-unreadable`, or the signal's
   * reason; leaves nothing open then.
   */
  static async open(options: LineOptions): Promise<HeldLine> {
    const { clock, timeoutMs, signal, trust } = options;
    return withDeadline(clock, timeoutMs, signal, late, async (inner) => {
      if (trust === null) return new HeldLine(await openTcp(options.peer, inner), null, options);
      const { socket, certificate } = await openTrusted(options.peer, trust, inner);
      return new HeldLine(socket, certificate, options);
    });
  }

  /** May another request be sent? False also when the peer has closed meanwhile. */
  get usable(): boolean {
    return !this.#over && this.#line.usable;
  }

  /** A POST. Resolves whatever the status. Rejects as the line breaks: `Dropped`, `BadAnswer`, `TooLong`, `LineTimeout`, the signal's reason. */
  async post(request: HeldRequest): Promise<HttpResponse> {
    const { clock, peer, userAgent } = this.#options;
    const { body, headers, path, maxBytes } = request;
    const head = writeHead('POST', path, [
      ['Host', place(peer)],
      ['User-Agent', userAgent],
      ['Connection', 'Keep-Alive'],
      ['Content-Length', String(body.length)],
      ...headers,
    ]);
    try {
      return await withDeadline(clock, request.timeoutMs, request.signal, late, async (inner) => {
        this.#line.obey(inner);
        this.#line.whenSent = request.onSent ?? (() => {});
        const answer = await this.#line.ask(head, body);
        const content = await this.#line.body(answer, 'POST', maxBytes);
        this.#line.obey(null);
        if (!this.#line.staysOpen(answer, 'POST')) this.end();
        return { status: answer.status, headers: joined(answer.headers), body: content };
      });
    } catch (thrown) {
      this.end();
      throw thrown;
    }
  }

  /** Idempotent. */
  end(): void {
    this.#over = true;
    this.#line.end();
  }
}

const late = () => new LineTimeout('no answer in time');

/** With little trust first, which is fast, and with all of it when that was not enough. */
async function openTrusted(peer: Peer, trust: PeerTrust, signal: AbortSignal): Promise<Accepted> {
  if (trust.kind !== 'chain') return accepted(await handshake(peer, quickTrust(null), signal), trust);
  const roots = readTrust(trust.rootsPem);
  const first = await handshake(peer, quickTrust(roots), signal);
  if (!isUntrusted(objectionOf(first) ?? undefined)) return accepted(first, trust);
  first.destroy();
  return accepted(await handshake(peer, wholeTrust(roots), signal), trust);
}

function handshake(peer: Peer, secureContext: SecureContext, signal: AbortSignal): Promise<TLSSocket> {
  // what it shows is wanted also when it is refused: `accepted` decides
  return openTls(peer, { secureContext, rejectUnauthorized: false }, signal);
}

interface Accepted {
  socket: TLSSocket;
  certificate: X509Certificate;
}

/** What was shown can be asked for once. */
function accepted(socket: TLSSocket, trust: PeerTrust): Accepted {
  const certificate = socket.getPeerX509Certificate();
  const code = trust.kind === 'chain' ? objectionOf(socket) : null;
  const seen = certificate?.fingerprint256.replaceAll(':', '').toLowerCase();
  const right =
    trust.kind === 'none' || (trust.kind === 'pinned' ? seen === trust.fingerprint : code === null);
  if (certificate !== undefined && right) return { socket, certificate };
  socket.destroy();
  if (certificate === undefined) throw Object.assign(new Error('no certificate'), { code: 'ECONNRESET' });
  throw new CertificateRefused(certificate, code);
}

/** Typed as an Error, but the verification's own answer is its code alone. */
function objectionOf(socket: TLSSocket): string | null {
  const objection: unknown = socket.authorizationError;
  if (socket.authorized) return null;
  return objection instanceof Error ? ((objection as NodeJS.ErrnoException).code ?? '') : String(objection);
}

function joined(headers: readonly [name: string, value: string][]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of headers) all[name] = name in all ? `${all[name]}, ${value}` : value;
  return all;
}
