import { createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Failure } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { Secret } from '../secrets/secret.ts';
import { signatureHash } from './algorithms.ts';
import { readBitString, readDer, readInteger, readOid, readSequence, tags } from './der.ts';
import { curveNames, oids, plainKeyNames } from './oids.ts';

interface NewKeyPair {
  /** Private key, PKCS#8 PEM. */
  pem: Secret;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
}

const rsaBits: Partial<Record<KeyType, number>> = { 'rsa-2048': 2048, 'rsa-3072': 3072, 'rsa-4096': 4096 };
const curves: Partial<Record<KeyType, string>> = { 'ec-p256': 'P-256', 'ec-p384': 'P-384' };

/**
 * A new key pair, made beside the event loop. At most as many RSA pairs are made at once as there are cores: more
 * would only fill the thread pool that files and name look-ups need too. Safe concurrently.
 */
export async function generateKey(keyType: KeyType): Promise<NewKeyPair> {
  const bits = rsaBits[keyType];
  if (bits === undefined) return generate(keyType);
  const leave = await enterRsaLane();
  try {
    return await generate(keyType);
  } finally {
    leave();
  }
}

function generate(keyType: KeyType): Promise<NewKeyPair> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, spki: Buffer, pem: string): void => {
      if (error === null) resolve({ pem: Secret.of(pem), spki });
      else reject(new Failure('key.not-made', `No ${keyType} key could be made.`, { cause: error }));
    };
    const encodings = {
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    } as const;
    const modulusLength = rsaBits[keyType];
    if (modulusLength !== undefined) generateKeyPair('rsa', { modulusLength, ...encodings }, done);
    else generateKeyPair('ec', { namedCurve: curves[keyType] ?? '', ...encodings }, done);
  });
}

const lane = { free: availableParallelism(), waiting: [] as (() => void)[] };

async function enterRsaLane(): Promise<() => void> {
  if (lane.free > 0) lane.free -= 1;
  else await new Promise<void>((resolve) => lane.waiting.push(resolve));
  return () => {
    const next = lane.waiting.shift();
    if (next === undefined) lane.free += 1;
    else next();
  };
}

/** Signature over `data`: SHA-256 (SHA-384 with P-384); RSA as PKCS#1 v1.5, ECDSA in DER. */
export function signWithKeyPem(pem: Secret, keyType: KeyType, data: Uint8Array): Buffer {
  try {
    return sign(signatureHash(keyType), data, { key: pem.bytes(), format: 'pem', dsaEncoding: 'der' });
  } catch (cause) {
    throw new Failure('key.unreadable', 'The private key cannot be used for signing.', {
      hint: 'The key must be an unencrypted PKCS#8 PEM key.',
      cause,
    });
  }
}

/** Public half of a private key in PEM: SubjectPublicKeyInfo, DER. Failure `key.unreadable`. */
export function spkiOfKeyPem(pem: Secret): Buffer {
  try {
    const key = createPrivateKey({ key: pem.bytes(), format: 'pem' });
    return createPublicKey(key).export({ type: 'spki', format: 'der' });
  } catch (cause) {
    throw new Failure('key.unreadable', 'The private key cannot be read.', {
      hint: 'The key must be an unencrypted PEM key.',
      cause,
    });
  }
}

/** `rsa-2048`, `ec-p256`… or what it is called when it is none of ours. Failure `key.unreadable`. */
export function keyTypeOfSpki(spki: Uint8Array): string {
  try {
    const parts = readSequence(readDer(spki, tags.sequence));
    const algorithm = readSequence(parts[0]);
    const id = readOid(algorithm[0]);
    if (id === oids.rsa) return `rsa-${modulusBits(readBitString(parts[1]))}`;
    if (id === oids.rsaPss) return `rsa-pss-${modulusBits(readBitString(parts[1]))}`;
    if (id !== oids.ec) return plainKeyNames[id] ?? `key-${id}`;
    if (algorithm[1]?.tag !== tags.oid) return 'ec-explicit';
    const curve = readOid(algorithm[1]);
    return curveNames[curve] ?? `ec-${curve}`;
  } catch (cause) {
    throw new Failure('key.unreadable', 'The public key cannot be read.', { cause });
  }
}

function modulusBits(publicKey: Buffer): number {
  const modulus = readInteger(readSequence(readDer(publicKey, tags.sequence))[0]);
  const start = modulus.findIndex((octet) => octet !== 0);
  if (start < 0) return 0;
  return (modulus.length - start) * 8 - Math.clz32(modulus[start] ?? 0) + 24;
}
