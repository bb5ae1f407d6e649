import { parseX509 } from './x509.ts';

/**
 * Name of a certificate in ACME Renewal Information (RFC 9773 4.1): key identifier of the authority and serial, each
 * base64url. Null when the certificate has no authority key identifier. Failure `certificate.unreadable`.
 */
export function ariCertId(leafPem: string): string | null {
  const { authorityKeyId, serial } = parseX509(leafPem);
  return authorityKeyId === null
    ? null
    : `${authorityKeyId.toString('base64url')}.${serial.toString('base64url')}`;
}
