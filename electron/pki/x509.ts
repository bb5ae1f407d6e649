import { Failure } from '#shared/failure.ts';
import { type SignatureVerdict, verifySignature } from './algorithms.ts';
import {
  children,
  contextTag,
  type Der,
  expect,
  expectSound,
  readBitString,
  readDer,
  readInteger,
  readSequence,
  readTime,
  tags,
  takeIf,
} from './der.ts';
import {
  type Extension,
  readAltNames,
  readAuthorityKeyIdentifier,
  readExtensions,
  readIsCa,
  readSubjectKeyIdentifier,
} from './extensions.ts';
import { certificateDer } from './pem.ts';

/** A certificate taken apart, as far as we look into it. */
export interface X509 {
  der: Buffer;
  /** What is signed. */
  tbs: Buffer;
  /** Contents of the INTEGER, sign included. */
  serial: Buffer;
  issuer: Der;
  subject: Der;
  notBefore: number;
  notAfter: number;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
  extensions: Map<string, Extension>;
  /** DNS names and IP addresses of the subjectAltName; null when there is none. */
  altNames: string[] | null;
  isCa: boolean;
  /** Key identifiers: of its own key and of its issuer's. */
  subjectKeyId: Buffer | null;
  authorityKeyId: Buffer | null;
  signatureAlgorithm: Der;
  signature: Buffer;
}

/** Takes a certificate apart. Failure `certificate.unreadable`, whatever the input. */
export function parseX509(pemOrDer: string | Uint8Array): X509 {
  try {
    return parse(certificateDer(pemOrDer));
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'certificate.unreadable') throw cause;
    const reason = cause instanceof Failure ? ` ${cause.message}` : '';
    throw new Failure('certificate.unreadable', `The certificate cannot be read.${reason}`, {
      hint: 'Check that the file contains a complete X.509 certificate in PEM or DER.',
      cause,
    });
  }
}

function parse(der: Buffer): X509 {
  const [tbs, signatureAlgorithm, signature] = readSequence(readDer(der));
  const parts = readSequence(tbs);
  takeIf(parts, contextTag(0, true)); // version
  const [serial, , issuer, validity, subject, spki, ...rest] = parts;
  const [notBefore, notAfter] = readSequence(validity);
  const wrapped = rest.find((part) => part.tag === contextTag(3, true));
  const extensions: Map<string, Extension> =
    wrapped === undefined ? new Map() : readExtensions(children(wrapped)[0]);
  return {
    der,
    tbs: expect(tbs, tags.sequence).whole,
    serial: readInteger(serial),
    issuer: expect(issuer, tags.sequence),
    subject: expect(subject, tags.sequence),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    spki: expect(spki, tags.sequence).whole,
    extensions,
    altNames: readAltNames(extensions),
    isCa: readIsCa(extensions),
    subjectKeyId: readSubjectKeyIdentifier(extensions),
    authorityKeyId: readAuthorityKeyIdentifier(extensions),
    signatureAlgorithm: expectSound(expect(signatureAlgorithm, tags.sequence)),
    signature: readBitString(signature),
  };
}

/** Whether `issuer`'s key made the signature of `certificate`. */
export function signedBy(certificate: X509, issuer: X509): SignatureVerdict {
  return verifySignature(certificate.signatureAlgorithm, certificate.tbs, certificate.signature, issuer.spki);
}

/** Whether names and key identifiers say that `issuer` may have issued `certificate`; proves nothing yet. */
export function mayBeIssuer(issuer: X509, certificate: X509): boolean {
  if (!issuer.subject.whole.equals(certificate.issuer.whole)) return false;
  const wanted = certificate.authorityKeyId;
  const own = issuer.subjectKeyId;
  return wanted === null || own === null || wanted.equals(own);
}

/** Issued by `issuer`: names fit, and the signature does too (or cannot be checked by this runtime). */
export function issuedBy(certificate: X509, issuer: X509): boolean {
  return mayBeIssuer(issuer, certificate) && signedBy(certificate, issuer) !== 'bad';
}

/** Subject and issuer are one, and its own key made its signature. */
export function isSelfSigned(certificate: X509): boolean {
  return (
    certificate.issuer.whole.equals(certificate.subject.whole) && signedBy(certificate, certificate) !== 'bad'
  );
}
