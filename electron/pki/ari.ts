import { Failure } from '#shared/failure.ts';
import { readAuthorityKeyIdentifier } from './extensions.ts';
import { parseX509 } from './x509.ts';

/**
 * Name of a certificate in ACME Renewal Information (RFC 9773 4.1): key identifier of the authority and serial, each
 * base64url. Null when the certificate has no authority key identifier. Failure `certificate.unreadable`.
 */
export function ariCertId(leafPem: string): string | null {
  const leaf = parseX509(leafPem);
  const keyIdentifier = keyIdentifierOrNull(leaf.extensions);
  return keyIdentifier === null
    ? null
    : `${keyIdentifier.toString('base64url')}.${leaf.serial.toString('base64url')}`;
}

function keyIdentifierOrNull(extensions: Parameters<typeof readAuthorityKeyIdentifier>[0]): Buffer | null {
  try {
    return readAuthorityKeyIdentifier(extensions);
  } catch (cause) {
    if (cause instanceof Failure) return null;
    throw cause;
  }
}
