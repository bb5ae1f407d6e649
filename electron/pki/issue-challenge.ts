import { commonNameOnly } from './distinguished-name.ts';
import { acmeIdentifier, basicConstraints, keyUsage, subjectAltName } from './extensions.ts';
import { backdateMs, positiveSerial, type SigningKey, signCertificate } from './issue.ts';

interface ChallengeOrder {
  /** A DNS name, or an IP address (RFC 8738 6). */
  name: string;
  /** SHA-256 of the key authorization. */
  digest: Uint8Array;
  key: SigningKey;
  spki: Uint8Array;
  /** 16 bytes, made positive here. */
  serial: Uint8Array;
  now: number;
}

const dayMs = 86_400_000;

/** The certificate that answers tls-alpn-01 (RFC 8737 3): self-signed, for this one name, DER. No client trusts it. */
export function issueChallenge({ name, digest, key, spki, serial, now }: ChallengeOrder): Buffer {
  const subject = commonNameOnly('ACME challenge');
  const parts = {
    serial: positiveSerial(serial),
    issuer: subject,
    subject,
    notBefore: now - backdateMs,
    notAfter: now + dayMs,
    spki,
    extensions: [
      basicConstraints(null),
      keyUsage('digitalSignature'),
      subjectAltName([name], false),
      acmeIdentifier(digest),
    ],
  };
  return signCertificate(parts, key);
}
