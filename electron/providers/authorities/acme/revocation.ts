import { createPrivateKey } from 'node:crypto';
import { asFailure, Failure } from '#shared/failure.ts';
import type { RevocationReason } from '#shared/model/certificate.ts';
import { mustBeKeyOf } from '../../../pki/key-of-certificate.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import { parseX509 } from '../../../pki/x509.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { Revocation } from '../authority.ts';
import type { Accounts } from './account.ts';
import type { AcmeClient } from './client.ts';
import { jwkOf, type Signer } from './jws.ts';

/** RFC 5280 5.3.1. */
const codes: Readonly<Record<RevocationReason, number>> = {
  unspecified: 0,
  'key-compromise': 1,
  'affiliation-changed': 3,
  superseded: 4,
  'cessation-of-operation': 5,
};

interface Parts {
  client: AcmeClient;
  accounts: Accounts;
}

/** RFC 8555 7.6. Signed by the account, or by the key of the certificate. */
export async function revokeCertificate(
  { client, accounts }: Parts,
  { leafPem, reason, key }: Revocation,
): Promise<'revoked' | 'already'> {
  const leaf = certificatesOf(leafPem)[0] ?? '';
  const signer = key === null ? null : signerOf(key, leaf);
  const { revokeCert } = await client.directory();
  if (revokeCert === undefined)
    throw new Failure('acme.not-offered', `The directory of ${client.ca} names no address for revocation.`, {
      hint: 'Ask the operator of the CA to revoke the certificate.',
    });
  // 0 is what a CA takes for granted: RFC 5280 wants it left out
  const code = codes[reason];
  const certificate = parseX509(leaf).der.toString('base64url');
  const payload = { certificate, ...(code === 0 ? {} : { reason: code }) };
  const asking = { asked: 'to revoke the certificate' };
  try {
    await (signer === null
      ? accounts.post(revokeCert, payload, asking)
      : client.post(revokeCert, payload, signer, asking));
    return 'revoked';
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.code === 'acme.already-revoked') return 'already';
    throw failure.code === 'acme.unauthorized' ? notOurs(failure, key !== null) : thrown;
  }
}

function signerOf(key: Secret, leaf: string): Signer {
  mustBeKeyOf(key, leaf);
  const opened = createPrivateKey({ key: key.bytes(), format: 'pem' });
  return { key: opened, jwk: jwkOf(opened), kid: null };
}

/** The account may be another one by now than the one that ordered. */
function notOurs(failure: Failure, byKey: boolean): Failure {
  const hint = byKey
    ? 'Check that this CA issued the certificate.'
    : 'The account may be another one than the one that ordered the certificate. Whoever has the private key of the certificate can revoke it: trustkeep certificates revoke-by-key';
  return failure.saying(failure.message, { hint });
}
