import type { X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { systemClock } from '#kit/clock.ts';
import { peerTail } from '#kit/redact.ts';
import type { BeforeTls } from '#shared/model/node.ts';
import { certificateFingerprint, sha256Hex } from '../pki/fingerprint.ts';
import { toPem } from '../pki/pem.ts';
import { readCertificate } from '../pki/read-certificate.ts';
import { needsLine, sayBefore } from './before-tls.ts';

interface TlsTarget extends BeforeTls {
  /** IP address or host name; IPv6 without brackets. */
  address: string;
  port: number;
  /** SNI to send; null: none. */
  serverName: string | null;
  /** For the whole look, name look-up included. Default 10 s. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Accept only a certificate with this kind of key: shows each one of a server that has both. */
  keyAlgorithm?: 'rsa' | 'ecdsa' | undefined;
}

type NoAnswerCode = 'refused' | 'timeout' | 'reset' | 'not-tls' | 'unresolved' | 'handshake-failed';

type TlsAnswer =
  | {
      kind: 'certificate';
      /** SHA-256 over the leaf's DER. */
      leafFingerprint: string;
      /** SHA-256 over its SubjectPublicKeyInfo; empty when the certificate cannot be read. */
      keyFingerprint: string;
      /** What the server sent, leaf first, linked by issuer; nothing is added from a store of our own. */
      chainFingerprints: string[];
      leafPem: string;
      chainPem: string;
      /** `TLSv1.3`, … */
      protocol: string;
    }
  | { kind: 'no-answer'; code: NoAnswerCode; sentence: string };

const tls13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';
const kinds = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305', 'AES128-SHA', 'AES256-SHA'];
const suites = (exchange: string) => kinds.map((kind) => `${exchange}-${kind}`).join(':');

/**
 * What to offer so that only one kind of certificate will do. TLS 1.3 goes by the signatures alone; in TLS 1.2 a server
 * picks the suite first, and with Electron's TLS library it may pick one that the signatures then forbid.
 */
const offers = {
  rsa: {
    sigalgs:
      'rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512',
    ciphers: `${tls13}:${suites('ECDHE-RSA')}:AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA:AES256-SHA`,
  },
  ecdsa: {
    sigalgs: 'ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512',
    ciphers: `${tls13}:${suites('ECDHE-ECDSA')}`,
  },
};

/**
 * Shakes hands with a TLS server and tells which certificates it shows, whether they are trusted or not. Never
 * rejects: whatever goes wrong is a `no-answer` with its reason. Sends nothing after the handshake. Safe concurrently.
 */
export function probeTls(target: TlsTarget): Promise<TlsAnswer> {
  const place = placeOf(target);
  return new Promise((resolve) => {
    let socket: TLSSocket | undefined;
    let line: Socket | undefined;
    const limit = target.timeoutMs ?? 10_000;
    const timer = systemClock.after(limit, () =>
      finish(silent('timeout', `${place} did not answer within ${limit} ms.`)),
    );
    const stopped = () => finish(silent('timeout', `The check of ${place} was stopped.`));
    function finish(answer: TlsAnswer): void {
      timer.cancel();
      target.signal?.removeEventListener('abort', stopped);
      socket?.destroy();
      line?.destroy();
      resolve(answer);
    }
    if (target.signal?.aborted) return stopped();
    target.signal?.addEventListener('abort', stopped, { once: true });
    const attempt = (work: () => void) => () => {
      try {
        work();
      } catch (error) {
        finish(explain(error, place));
      }
    };
    const watch = (one: Socket): void => {
      one.on('error', (error) => finish(explain(error, place)));
      one.once('close', () =>
        finish(silent('reset', `${place} closed the connection during the handshake.`)),
      );
    };
    const shakeHands = attempt(() => {
      const open = connect(optionsFor(target, line));
      socket = open;
      open.once('secureConnect', () => finish(answerOf(open, place)));
      watch(open);
    });
    const openLine = attempt(() => {
      const opened = connectTcp({ host: target.address, port: target.port });
      line = opened;
      watch(opened);
      const refused = (answer: string) => finish(silent('not-tls', noTls(place, answer)));
      opened.once('connect', () => sayBefore(opened, target, shakeHands, refused));
    });
    if (needsLine(target)) openLine();
    else shakeHands();
  });
}

const noTls = (place: string, answer: string): string =>
  `The service at ${place} did not begin TLS. It answered: ${peerTail(answer, [], 100)}`;

function placeOf(target: TlsTarget): string {
  const host = isIP(target.address) === 6 ? `[${target.address}]` : target.address;
  const name = target.serverName === null ? '' : ` (server name ${target.serverName})`;
  return `${host}:${target.port}${name}`;
}

/** Over `line` where there is one, else over a connection of its own. */
function optionsFor(target: TlsTarget, line: Socket | undefined): ConnectionOptions {
  const name = target.serverName;
  return {
    ...(line === undefined ? { host: target.address, port: target.port } : { socket: line }),
    // an IP address is no server name in TLS; an empty text sends none
    servername: name === null || isIP(name) !== 0 ? '' : name,
    rejectUnauthorized: false,
    secureContext: contextFor(target.keyAlgorithm),
  };
}

const contexts = new Map<string, SecureContext>();

/** Made once: making one takes longer than the handshake. Nothing of a session is kept in it. */
function contextFor(keyAlgorithm: TlsTarget['keyAlgorithm']): SecureContext {
  const kind = keyAlgorithm ?? 'any';
  const offer = keyAlgorithm === undefined ? {} : offers[keyAlgorithm];
  const context = contexts.get(kind) ?? createSecureContext({ ca: [], minVersion: 'TLSv1', ...offer });
  contexts.set(kind, context);
  return context;
}

function answerOf(socket: TLSSocket, place: string): TlsAnswer {
  const chain = chainOf(socket.getPeerX509Certificate());
  const leaf = chain[0];
  if (leaf === undefined) return silent('handshake-failed', `${place} did not send a certificate.`);
  const leafPem = toPem('CERTIFICATE', leaf);
  return {
    kind: 'certificate',
    leafFingerprint: certificateFingerprint(leafPem),
    keyFingerprint: keyFingerprintOf(leaf),
    chainFingerprints: chain.map((der) => sha256Hex(der)),
    leafPem,
    chainPem: chain.map((der) => toPem('CERTIFICATE', der)).join(''),
    protocol: socket.getProtocol() ?? 'unknown',
  };
}

/** The linked list ends where a certificate issued itself, or where its issuer was not sent. */
function chainOf(first: X509Certificate | undefined): Buffer[] {
  const chain: Buffer[] = [];
  const seen = new Set<string>();
  for (
    let next = first;
    next !== undefined && !seen.has(next.fingerprint256);
    next = next.issuerCertificate
  ) {
    seen.add(next.fingerprint256);
    chain.push(next.raw);
  }
  return chain;
}

function keyFingerprintOf(leaf: Buffer): string {
  try {
    return readCertificate(leaf).keyFingerprint;
  } catch {
    return '';
  }
}

const notTls = [
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNKNOWN_PROTOCOL',
  'ERR_SSL_RECORD_TOO_LARGE',
];

function explain(error: unknown, place: string): TlsAnswer {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (code === 'ECONNREFUSED') return silent('refused', `Nothing listens at ${place}.`);
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_NONAME'].includes(code))
    return silent('unresolved', `The host name of ${place} could not be resolved.`);
  if (['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT'].includes(code))
    return silent('timeout', `${place} cannot be reached from this machine (${code}).`);
  if (['ECONNRESET', 'EPIPE'].includes(code))
    return silent('reset', `${place} closed the connection during the handshake.`);
  // Electron's TLS library words the same errors without Node's codes
  if (notTls.includes(code) || /wrong.version.number|http.request|packet.length.too.long/i.test(message))
    return silent('not-tls', `The service at ${place} does not speak TLS.`);
  return silent('handshake-failed', `The TLS handshake with ${place} failed${reasonIn(code, message)}.`);
}

function reasonIn(code: string, message: string): string {
  const known = code
    .replace(/^ERR_(SSL_)?/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  const reason = known === '' ? message.slice(0, 120) : known;
  return reason === '' ? '' : `: ${reason}`;
}

function silent(code: NoAnswerCode, sentence: string): TlsAnswer {
  return { kind: 'no-answer', code, sentence };
}
