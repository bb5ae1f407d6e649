import type { KeyType } from '#shared/model/certificate.ts';
import type { Secret } from '../secrets/secret.ts';
import { signatureAlgorithm } from './algorithms.ts';
import { commonNameOnly, subjectFor } from './distinguished-name.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  keyIdentifierOf,
  keyUsage,
  nameConstraints,
  serverAuthOnly,
  subjectAltName,
  subjectKeyIdentifier,
} from './extensions.ts';
import { keyTypeOfSpki, signWithKeyPem } from './key.ts';
import { normalizeNames } from './names.ts';
import { bitString, explicit, integer, sequence, time } from './write-der.ts';
import { parseX509 } from './x509.ts';

/** Certificates start this much earlier than asked, so that clients whose clock is behind accept them. */
export const backdateMs = 5 * 60_000;

/** A key that signs certificates. */
export interface SigningKey {
  /** PKCS#8 PEM. */
  pem: Secret;
  keyType: KeyType;
}

interface CertificateParts {
  /** Big-endian, unsigned. */
  serial: Uint8Array;
  /** Names, DER. */
  issuer: Uint8Array;
  subject: Uint8Array;
  notBefore: number;
  notAfter: number;
  spki: Uint8Array;
  extensions: readonly Uint8Array[];
}

/** An X.509 v3 certificate of exactly these parts, DER. */
export function signCertificate(parts: CertificateParts, key: SigningKey): Buffer {
  const algorithm = signatureAlgorithm(key.keyType);
  const tbs = sequence(
    explicit(0, integer(2)),
    integer(parts.serial),
    algorithm,
    parts.issuer,
    sequence(time(parts.notBefore), time(parts.notAfter)),
    parts.subject,
    parts.spki,
    explicit(3, sequence(...parts.extensions)),
  );
  return sequence(tbs, algorithm, bitString(signWithKeyPem(key.pem, key.keyType, tbs)));
}

/** Makes any bytes a serial of the same length that is positive and has no leading zero (RFC 5280 4.1.2.2). */
export function positiveSerial(bytes: Uint8Array): Buffer {
  const serial = Buffer.from(bytes);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

interface RootOrder {
  commonName: string;
  key: SigningKey;
  spki: Uint8Array;
  /** 16 bytes, made positive here. */
  serial: Uint8Array;
  now: number;
  days: number;
  /** Permitted DNS subtrees; empty: no name constraints. Normalized here. */
  permittedNames: readonly string[];
}

/** A self-signed root that signs leaves only (path length 0), DER. */
export function issueRoot(order: RootOrder): Buffer {
  const name = commonNameOnly(order.commonName);
  const permitted = order.permittedNames.length === 0 ? [] : normalizeNames(order.permittedNames);
  const parts: CertificateParts = {
    serial: positiveSerial(order.serial),
    issuer: name,
    subject: name,
    notBefore: order.now - backdateMs,
    notAfter: order.now + order.days * 86_400_000,
    spki: order.spki,
    extensions: [
      basicConstraints({ pathLength: 0 }),
      keyUsage('keyCertSign', 'crlSign'),
      subjectKeyIdentifier(keyIdentifierOf(order.spki)),
      ...(permitted.length === 0 ? [] : [nameConstraints(permitted)]),
    ],
  };
  return signCertificate(parts, order.key);
}

interface LeafOrder {
  /** Certificate of the issuer, PEM or DER. */
  issuer: string | Uint8Array;
  key: SigningKey;
  spki: Uint8Array;
  names: readonly string[];
  /** 16 bytes, made positive here. */
  serial: Uint8Array;
  now: number;
  days: number;
}

/** A TLS server certificate, DER. It never outlives its issuer. Names as `normalizeNames` takes them. */
export function issueLeaf(order: LeafOrder): Buffer {
  const issuer = parseX509(order.issuer);
  const names = normalizeNames(order.names);
  const subject = subjectFor(names);
  const rsa = keyTypeOfSpki(order.spki).startsWith('rsa');
  const parts: CertificateParts = {
    serial: positiveSerial(order.serial),
    issuer: issuer.subject.whole,
    subject,
    notBefore: Math.max(order.now - backdateMs, issuer.notBefore),
    notAfter: Math.min(order.now + order.days * 86_400_000, issuer.notAfter),
    spki: order.spki,
    extensions: [
      basicConstraints(null),
      keyUsage('digitalSignature', ...(rsa ? (['keyEncipherment'] as const) : [])),
      serverAuthOnly(),
      // critical when there is no subject to tell who it is for (RFC 5280 4.2.1.6)
      subjectAltName(names, subject.length === 2),
      subjectKeyIdentifier(keyIdentifierOf(order.spki)),
      authorityKeyIdentifier(issuer.subjectKeyId ?? keyIdentifierOf(issuer.spki)),
    ],
  };
  return signCertificate(parts, order.key);
}
