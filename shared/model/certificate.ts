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

/** A certificate the agent knows: one it obtained (`orderNumber` set) or one it met (`External`). */
export const certificate = certificateFacts.extend({
  orderNumber: z.number().int().nullable(),
  /** Leaf first, PEM, root left out. Empty when only the leaf was ever seen. */
  chainPem: z.string(),
  firstSeenAt: z.number().int(),
});
export type Certificate = z.infer<typeof certificate>;
