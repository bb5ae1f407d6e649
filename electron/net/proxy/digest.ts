import { createHash } from 'node:crypto';
import type { ProxyChallenge } from './challenges.ts';

export interface DigestChallenge {
  realm: string;
  nonce: string;
  opaque: string | null;
  /** As the proxy wrote it; null: it named none, which means MD5. */
  algorithm: string | null;
  hash: 'md5' | 'sha256';
  /** `MD5-sess` and the like. */
  session: boolean;
  /** False: the old form of RFC 2069, without `qop`. */
  qop: boolean;
  /** The nonce was too old, the log-in itself was not refused. */
  stale: boolean;
}

const algorithms: Record<string, { hash: 'md5' | 'sha256'; session: boolean }> = {
  MD5: { hash: 'md5', session: false },
  'MD5-SESS': { hash: 'md5', session: true },
  'SHA-256': { hash: 'sha256', session: false },
  'SHA-256-SESS': { hash: 'sha256', session: true },
};

/** Null: this is no Digest that we can answer (RFC 7616; `auth-int` alone and other algorithms are not). */
function readDigest({ scheme, params }: ProxyChallenge): DigestChallenge | null {
  const algorithm = params.get('algorithm') ?? null;
  const known = algorithms[(algorithm ?? 'MD5').toUpperCase()];
  const nonce = params.get('nonce');
  const qop = params.get('qop');
  const choices = qop?.split(',').map((one) => one.trim().toLowerCase());
  if (scheme !== 'digest' || known === undefined || nonce === undefined) return null;
  if (choices !== undefined && !choices.includes('auth')) return null;
  return {
    ...known,
    realm: params.get('realm') ?? '',
    nonce,
    opaque: params.get('opaque') ?? null,
    algorithm,
    qop: choices !== undefined,
    stale: params.get('stale')?.toLowerCase() === 'true',
  };
}

/** The strongest that we can answer; among equals the proxy's first. */
export function bestDigest(challenges: readonly ProxyChallenge[]): DigestChallenge | null {
  const all = challenges.map(readDigest).filter((one) => one !== null);
  return all.find(({ hash }) => hash === 'sha256') ?? all[0] ?? null;
}

interface DigestInput {
  challenge: DigestChallenge;
  method: string;
  /** Exactly as it stands in the request line. */
  uri: string;
  user: string;
  /** UTF-8. */
  password: Uint8Array;
  /** How often this nonce was used, this time included. */
  count: number;
  clientNonce: string;
}

/** The value of `Proxy-Authorization`, as Latin-1 for bytes. */
export function digestAnswer(input: DigestInput): string {
  const { challenge, count, clientNonce: cnonce, uri } = input;
  const { hash, realm, nonce } = challenge;
  const nc = count.toString(16).padStart(8, '0');
  const user = latin1(input.user);
  let secret = digest(hash, `${user}:${realm}:`, input.password);
  if (challenge.session) secret = digest(hash, secret, `:${nonce}:${cnonce}`);
  const request = digest(hash, `${input.method}:${uri}`);
  const middle = challenge.qop ? `${nc}:${cnonce}:auth:` : '';
  const response = digest(hash, secret, `:${nonce}:${middle}`, request);
  secret.fill(0);
  const parts = [
    `username=${quote(user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    ...(challenge.algorithm === null ? [] : [`algorithm=${challenge.algorithm}`]),
    ...(challenge.qop ? ['qop=auth', `nc=${nc}`] : []),
    ...(challenge.qop || challenge.session ? [`cnonce=${quote(cnonce)}`] : []),
    `response="${response.toString('latin1')}"`,
    ...(challenge.opaque === null ? [] : [`opaque=${quote(challenge.opaque)}`]),
  ];
  return `Digest ${parts.join(', ')}`;
}

/**
 * In hexadecimal, as bytes that can be wiped. Text is Latin-1 for bytes: realm and nonce are what the proxy sent, byte
 * for byte.
 */
function digest(hash: 'md5' | 'sha256', ...parts: (string | Uint8Array)[]): Buffer {
  const made = createHash(hash);
  for (const part of parts) made.update(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
  const bytes = made.digest();
  const digits = '0123456789abcdef';
  const hex = Buffer.alloc(bytes.length * 2);
  bytes.forEach((byte, at) => {
    hex.write(`${digits[byte >> 4]}${digits[byte & 15]}`, at * 2, 'latin1');
  });
  bytes.fill(0);
  return hex;
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
