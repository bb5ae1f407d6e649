import { constants, createPublicKey, verify } from 'node:crypto';
import type { KeyType } from '#shared/model/certificate.ts';
import {
  children,
  contextTag,
  type Der,
  nothing,
  oid,
  readInteger,
  readOid,
  readSequence,
  sequence,
} from './der.ts';
import { oids } from './oids.ts';

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
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const parts = readSequence(algorithm);
    const id = readOid(parts[0]);
    if (id === oids.ed25519 || id === oids.ed448) return verdict(verify(null, data, key, signature));
    if (id === oids.rsaPss) {
      const { hash, saltLength } = pssParameters(parts[1]);
      if (hash === undefined) return 'unknown';
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return verdict(verify(hash, data, { key, padding, saltLength }, signature));
    }
    const hash = hashes[id];
    return hash === undefined ? 'unknown' : verdict(verify(hash, data, key, signature));
  } catch {
    return 'unknown';
  }
}

const verdict = (good: boolean): SignatureVerdict => (good ? 'good' : 'bad');

function pssParameters(parameters: Der | undefined): { hash: string | undefined; saltLength: number } {
  let hash: string | undefined = 'sha1';
  let saltLength = 20;
  for (const part of parameters === undefined ? [] : children(parameters)) {
    if (part.tag === contextTag(0, true)) hash = plainHashes[readOid(readSequence(children(part)[0])[0])];
    if (part.tag === contextTag(2, true)) saltLength = readInteger(children(part)[0]).readUIntBE(0, 1);
  }
  return { hash, saltLength };
}
