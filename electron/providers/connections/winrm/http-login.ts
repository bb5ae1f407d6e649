import { createHash, type X509Certificate } from 'node:crypto';
import { channelBinding } from '../../../net/ntlm/channel-binding.ts';
import { parseChallenges } from '../../../net/proxy/challenges.ts';
import { hashOfSignature } from '../../../pki/algorithms.ts';
import { parseX509 } from '../../../pki/x509.ts';

/** What the service says to the hello of NTLM; null: nothing. */
export function challengeIn(headers: Record<string, string>): Buffer | null {
  const all = parseChallenges([headers['www-authenticate'] ?? '']);
  const token = all.find(({ scheme }) => scheme === 'negotiate')?.token ?? null;
  return token === null ? null : Buffer.from(token, 'base64');
}

/** The ways to log in that are named. */
export function offersOf(headers: Record<string, string>): string[] {
  const names = parseChallenges([headers['www-authenticate'] ?? '']).map(({ scheme }) => scheme);
  return [...new Set(names)].map((name) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`);
}

/** RFC 5929: with the hash of the certificate's signature, SHA-256 in place of weaker ones. */
export function bindingTo(certificate: X509Certificate | null): Buffer | undefined {
  if (certificate === null) return undefined;
  const hash = hashOfSignature(parseX509(certificate.raw).signatureAlgorithm);
  const strong = hash === null || hash === 'md5' || hash === 'sha1' ? 'sha256' : hash;
  return channelBinding(createHash(strong).update(certificate.raw).digest());
}
