import { z } from 'zod';

export const keyTypes = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'] as const;
export const keyType = z.enum(keyTypes);
export type KeyType = z.infer<typeof keyType>;

/** What we know of a certificate without its chain. Dates are epoch milliseconds, fingerprints lower-case hex. */
export const certificateFacts = z.object({
  /** SHA-256 over the DER. Names the certificate everywhere. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  /** SHA-256 over the SubjectPublicKeyInfo: two certificates with the same key share it. */
  keyFingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  serial: z.string(),
  subject: z.string(),
  issuer: z.string(),
  /** DNS names and IP addresses of the subjectAltName, as written; the CN only when there is no SAN. */
  names: z.array(z.string()),
  notBefore: z.number().int(),
  notAfter: z.number().int(),
  /** `rsa-2048`, `ec-p256`… or what it is called when it is none of ours (`ed25519`, `rsa-1024`). */
  keyType: z.string(),
  selfSigned: z.boolean(),
});
export type CertificateFacts = z.infer<typeof certificateFacts>;

/**
 * Why a certificate is revoked (RFC 5280 5.3.1): those of its reasons that a subscriber may give. A CA may accept fewer.
 */
export const revocationReasons = [
  'unspecified',
  'key-compromise',
  'affiliation-changed',
  'superseded',
  'cessation-of-operation',
] as const;
export const revocationReason = z.enum(revocationReasons);
export type RevocationReason = z.infer<typeof revocationReason>;

/** A certificate the agent knows: one it obtained (`orderNumber` set) or one it met (`External`). */
export const certificate = certificateFacts.extend({
  orderNumber: z.number().int().nullable(),
  /** Leaf first, PEM, root left out. Empty when only the leaf was ever seen. */
  chainPem: z.string(),
  firstSeenAt: z.number().int(),
  /** Since when the CA is known to have it revoked, epoch milliseconds, and why as far as that was given here. */
  revoked: z.object({ at: z.number().int(), reason: revocationReason.nullable() }).nullable(),
});
export type Certificate = z.infer<typeof certificate>;
