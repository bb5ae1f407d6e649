import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { KeyType } from '#shared/model/certificate.ts';
import { children, contextTag, type Der, readInteger, readOid, readSequence } from './der.ts';
import { oids } from './oids.ts';
import { nothing, oid, sequence } from './write-der.ts';

/** AlgorithmIdentifier of the signatures made with a key of this type. */
export function signatureAlgorithm(keyType: KeyType): Buffer {
  if (keyType === 'ec-p256') return sequence(oid(oids.ecdsaSha256));
  if (keyType === 'ec-p384') return sequence(oid(oids.ecdsaSha384));
  return sequence(oid(oids.rsaSha256), nothing());
}

export function signatureHash(keyType: KeyType): 'sha256' | 'sha384' {
  return keyType === 'ec-p384' ? 'sha384' : 'sha256';
}

const hashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.14': 'sha224',
  [oids.rsaSha256]: 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.1': 'sha224',
  [oids.ecdsaSha256]: 'sha256',
  [oids.ecdsaSha384]: 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

const plainHashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** `unknown`: made in a way, or with a key, that this runtime cannot check. */
export type SignatureVerdict = 'good' | 'bad' | 'unknown';

/** Checks a signature as X.509 and PKCS#10 carry it. Never throws. */
export function verifySignature(
  algorithm: Der,
  data: Uint8Array,
  signature: Uint8Array,
  spki: Uint8Array,
): SignatureVerdict {
  const key = publicKey(spki);
  const way = wayOf(algorithm);
  if (key === null || way === null) return 'unknown';
  try {
    return verify(way.hash, data, { key, ...way.options }, signature) ? 'good' : 'bad';
  } catch {
    return 'bad'; // the key cannot have made a signature of this kind
  }
}

/** The hash that a signature is made with, as Node names it; null: none of its own (Ed25519), or unknown. */
export function hashOfSignature(algorithm: Der): string | null {
  return wayOf(algorithm)?.hash ?? null;
}

function publicKey(spki: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

interface Way {
  hash: string | null;
  options: { padding?: number; saltLength?: number };
}

function wayOf(algorithm: Der): Way | null {
  try {
    const parts = readSequence(algorithm);
    const id = readOid(parts[0]);
    if (id === oids.ed25519 || id === oids.ed448) return { hash: null, options: {} };
    if (id === oids.rsaPss) return pssWay(parts[1]);
    const hash = hashes[id];
    return hash === undefined ? null : { hash, options: {} };
  } catch {
    return null;
  }
}

/** RSASSA-PSS-params (RFC 8017 A.2.3); what is left out has its default. */
function pssWay(parameters: Der | undefined): Way | null {
  let hash: string | undefined = 'sha1';
  let saltLength = 20;
  for (const part of parameters === undefined ? [] : children(parameters)) {
    if (part.tag === contextTag(0, true)) hash = plainHashes[readOid(readSequence(children(part)[0])[0])];
    if (part.tag === contextTag(2, true)) saltLength = readInteger(children(part)[0]).readUIntBE(0, 1);
  }
  return hash === undefined
    ? null
    : { hash, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } };
}
