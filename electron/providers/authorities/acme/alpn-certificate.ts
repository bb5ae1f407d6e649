import { createHash, randomBytes } from 'node:crypto';
import { ipBytes } from '../../../pki/ip.ts';
import { issueChallenge } from '../../../pki/issue-challenge.ts';
import { generateKey } from '../../../pki/key.ts';
import { toPem } from '../../../pki/pem.ts';
import type { Secret } from '../../../secrets/secret.ts';

interface AlpnCertificate {
  serverName: string;
  certificatePem: string;
  keyPem: Secret;
}

/** What answers tls-alpn-01 for a name, with a key of its own that is never stored: made again after a restart. */
export async function alpnCertificate(
  name: string,
  keyAuthorization: string,
  now: number,
): Promise<AlpnCertificate> {
  const { pem, spki } = await generateKey('ec-p256');
  const der = issueChallenge({
    name,
    digest: createHash('sha256').update(keyAuthorization).digest(),
    key: { pem, keyType: 'ec-p256' },
    spki,
    serial: randomBytes(16),
    now,
  });
  return { serverName: serverNameOf(name), certificatePem: toPem('CERTIFICATE', der), keyPem: pem };
}

/** What a CA asks for by SNI: the name, or that of an address in the reverse tree (RFC 8738 6). */
function serverNameOf(name: string): string {
  const bytes = ipBytes(name);
  if (bytes === null) return name.toLowerCase();
  if (bytes.length === 4) return `${[...bytes].reverse().join('.')}.in-addr.arpa`;
  return `${[...bytes.toString('hex')].reverse().join('.')}.ip6.arpa`;
}
