import { createHash } from 'node:crypto';
import type { Secret } from '../secrets/secret.ts';

/** Leaf and chain (PEM), and the private key (PKCS#8 PEM, no passphrase). */
export interface ClientCertificate {
  certificatePem: string;
  key: Secret;
}

/** What tells one client certificate from another in a table of connections; nothing can be read from it. */
export function identityOf(certificate: ClientCertificate | undefined): string {
  if (certificate === undefined) return '';
  return createHash('sha256')
    .update(certificate.certificatePem)
    .update('\0')
    .update(certificate.key.bytes())
    .digest('base64');
}
