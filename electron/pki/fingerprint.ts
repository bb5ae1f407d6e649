import { createHash } from 'node:crypto';
import { certificateDer } from './pem.ts';

/** SHA-256, lower-case hex. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 over the certificate's DER: names the certificate everywhere. */
export function certificateFingerprint(pemOrDer: string | Uint8Array): string {
  return sha256Hex(certificateDer(pemOrDer));
}

/** SHA-256 over the SubjectPublicKeyInfo (DER): two certificates with the same key share it. */
export function keyFingerprint(spki: Uint8Array): string {
  return sha256Hex(spki);
}
