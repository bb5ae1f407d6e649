import { Failure } from '#shared/failure.ts';
import type { CertificateFacts } from '#shared/model/certificate.ts';
import { nameText, readAttributes } from './distinguished-name.ts';
import { keyFingerprint, sha256Hex } from './fingerprint.ts';
import { keyTypeOfSpki } from './key.ts';
import { oids } from './oids.ts';
import { isSelfSigned, parseX509, type X509 } from './x509.ts';

export { namesCover } from './names.ts';

/** The facts of the first certificate in a PEM text, or of one in DER. Failure `certificate.unreadable`. */
export function readCertificate(pemOrDer: string | Uint8Array): CertificateFacts {
  const certificate = parseX509(pemOrDer);
  try {
    return factsOf(certificate);
  } catch (cause) {
    const reason = cause instanceof Failure ? ` ${cause.message}` : '';
    throw new Failure('certificate.unreadable', `The certificate cannot be read.${reason}`, { cause });
  }
}

function factsOf(certificate: X509): CertificateFacts {
  return {
    fingerprint: sha256Hex(certificate.der),
    keyFingerprint: keyFingerprint(certificate.spki),
    serial: serialText(certificate.serial),
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    names: namesOf(certificate),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    keyType: keyTypeOfSpki(certificate.spki),
    selfSigned: isSelfSigned(certificate),
  };
}

/** Names of the subjectAltName; the common name only when there is no subjectAltName. */
export function namesOf(certificate: X509): string[] {
  if (certificate.altNames !== null) return certificate.altNames;
  const commonName = readAttributes(certificate.subject).findLast(({ type }) => type === oids.commonName);
  return commonName === undefined || commonName.value === '' ? [] : [commonName.value];
}

/** Lower-case hex in whole bytes, as tools print it: without the zero byte that only carries the sign. */
function serialText(serial: Buffer): string {
  const hex = serial.toString('hex');
  if (((serial[0] ?? 0) & 0x80) === 0) return hex.length > 2 && hex.startsWith('00') ? hex.slice(2) : hex;
  const magnitude = (-BigInt.asIntN(serial.length * 8, BigInt(`0x${hex}`))).toString(16);
  return `-${magnitude.length % 2 === 0 ? '' : '0'}${magnitude}`;
}
