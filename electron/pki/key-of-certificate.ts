import { Failure } from '#shared/failure.ts';
import type { Secret } from '../secrets/secret.ts';
import { keyFingerprint } from './fingerprint.ts';
import { spkiOfKeyPem } from './key.ts';
import { readCertificate } from './read-certificate.ts';

/** Throws `certificate.key-mismatch`, or `key.unreadable`, unless this is the private key of the certificate. Pure. */
export function mustBeKeyOf(key: Secret, leafPem: string): void {
  if (keyFingerprint(spkiOfKeyPem(key)) === readCertificate(leafPem).keyFingerprint) return;
  throw new Failure('certificate.key-mismatch', 'The private key is not that of the certificate.', {
    hint: 'Use the private key that the certificate was issued for. Nothing was sent to the CA.',
  });
}
