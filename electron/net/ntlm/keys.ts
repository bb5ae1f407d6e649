import { createHash, createHmac } from 'node:crypto';
import { flag, has } from './flags.ts';
import { md4 } from './md4.ts';
import { Rc4 } from './rc4.ts';
import { upperCase, utf16, utf16FromUtf8 } from './utf16.ts';

/** Pure functions of MS-NLMP 3.3.2 and 3.4.5. Everything they give is as good as the password: the caller wipes. */

export function hmacMd5(key: Uint8Array, ...parts: Uint8Array[]): Buffer {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

function md5(...parts: (Uint8Array | string)[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** NTOWFv1: what Windows keeps instead of the password (UTF-8). @internal */
export function passwordHash(password: Uint8Array): Buffer {
  const wide = utf16FromUtf8(password);
  const hash = md4(wide);
  wide.fill(0);
  return hash;
}

/** NTOWFv2. The user in upper case, the domain as it is. */
export function responseKey(password: Uint8Array, user: string, domain: string): Buffer {
  const hash = passwordHash(password);
  const key = hmacMd5(hash, utf16(upperCase(user) + domain));
  hash.fill(0);
  return key;
}

interface Response {
  /** NTProofStr and what it proves. */
  nt: Buffer;
  lm: Buffer;
  sessionBaseKey: Buffer;
}

interface ResponseInput {
  responseKey: Buffer;
  /** The server's 8 bytes, and ours. */
  serverNonce: Buffer;
  clientNonce: Buffer;
  /** 100 ns since 1601. */
  time: Buffer;
  /** Encoded AV pairs. */
  targetInfo: Buffer;
}

/** The NTLMv2 response, and the LMv2 one for servers that still ask for it. */
export function respond(input: ResponseInput): Response {
  const { responseKey: key, serverNonce, clientNonce, time, targetInfo } = input;
  const zeros = Buffer.alloc(4);
  const head = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const temp = Buffer.concat([head, time, clientNonce, zeros, targetInfo, zeros]);
  const proof = hmacMd5(key, serverNonce, temp);
  return {
    nt: Buffer.concat([proof, temp]),
    lm: Buffer.concat([hmacMd5(key, serverNonce, clientNonce), clientNonce]),
    sessionBaseKey: hmacMd5(key, proof),
  };
}

/** The time of a clock as NTLM writes it. */
export function fileTime(epochMs: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE((BigInt(Math.round(epochMs)) + 11644473600000n) * 10000n);
  return time;
}

/** Wraps the session key that the client made up (or unwraps it: it is the same). */
export function wrapSessionKey(keyExchangeKey: Buffer, sessionKey: Buffer): Buffer {
  const rc4 = new Rc4(keyExchangeKey);
  const wrapped = rc4.apply(sessionKey);
  rc4.wipe();
  return wrapped;
}

export type Side = 'client' | 'server';

const magic = (from: Side, what: 'sign' | 'seal') => {
  const way = from === 'client' ? 'client-to-server' : 'server-to-client';
  return `session key to ${way} ${what}ing key magic constant\0`;
};

/** For messages that `from` sends (extended session security). */
export function signingKey(sessionKey: Buffer, from: Side): Buffer {
  return md5(sessionKey, magic(from, 'sign'));
}

export function sealingKey(sessionKey: Buffer, from: Side, flags: number): Buffer {
  const length = has(flags, flag.key128) ? 16 : has(flags, flag.key56) ? 7 : 5;
  return md5(sessionKey.subarray(0, length), magic(from, 'seal'));
}
