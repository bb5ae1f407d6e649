import { createPrivateKey } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { RevocationReason } from '#shared/model/certificate.ts';
import { makeCa, makeKey, makeLeaf } from '#test/make/certificates.ts';
import { certificateDer } from '../../../../../electron/pki/pem.ts';
import type { Accounts } from '../../../../../electron/providers/authorities/acme/account.ts';
import type { AcmeClient } from '../../../../../electron/providers/authorities/acme/client.ts';
import { jwkOf } from '../../../../../electron/providers/authorities/acme/jws.ts';
import { revokeCertificate } from '../../../../../electron/providers/authorities/acme/revocation.ts';
import { Secret } from '../../../../../electron/secrets/secret.ts';

const leaf = makeLeaf(makeCa(), { names: ['gone.example'], intermediate: true });
const address = 'https://ca.example/revoke';

/** What the CA was sent: to which address, and who signed: the account, or the key of this JWK. */
let sent: { url: string; payload: unknown; by: string }[];
beforeEach(() => {
  sent = [];
});

function revoke(asked: { reason?: RevocationReason; key?: Secret } = {}, refused?: FailureCode) {
  const answer = (url: string, payload: unknown, by: string) => {
    sent.push({ url, payload, by });
    if (refused !== undefined) throw new Failure(refused, 'The CA refused it.');
  };
  const client = {
    ca: 'ca.example',
    directory: async () => ({ revokeCert: address }),
    post: async (url: string, payload: unknown, { jwk, kid }: { jwk: object; kid: string | null }) =>
      answer(url, payload, kid ?? JSON.stringify(jwk)),
  } as unknown as AcmeClient;
  const accounts = {
    post: async (url: string, payload: unknown) => answer(url, payload, 'account'),
  } as unknown as Accounts;
  const revocation = { leafPem: leaf.chainPem, reason: 'superseded', key: null, ...asked } as const;
  return revokeCertificate({ client, accounts }, revocation);
}
const certificate = certificateDer(Buffer.from(leaf.certPem)).toString('base64url');

describe('a revocation', () => {
  test.each([
    ['key-compromise', { reason: 1 }],
    ['affiliation-changed', { reason: 3 }],
    ['superseded', { reason: 4 }],
    ['cessation-of-operation', { reason: 5 }],
    ['unspecified', {}],
  ] as const)(
    'names the leaf of the chain and the reason %s, signed by the account',
    async (reason, said) => {
      expect(await revoke({ reason })).toBe('revoked');
      expect(sent).toEqual([{ url: address, payload: { certificate, ...said }, by: 'account' }]);
    },
  );

  test('is signed by the key of the certificate where that was given', async () => {
    const key = Secret.of(leaf.keyPem);
    expect(await revoke({ reason: 'key-compromise', key })).toBe('revoked');
    const by = JSON.stringify(jwkOf(createPrivateKey(leaf.keyPem)));
    expect(sent).toEqual([{ url: address, payload: { certificate, reason: 1 }, by }]);
  });

  test('is not sent with the key of another certificate', async () => {
    const key = Secret.of(makeKey().keyPem);
    await expect(revoke({ key })).rejects.toMatchObject({ code: 'certificate.key-mismatch' });
    expect(sent).toEqual([]);
  });

  test('that was done before is told as that, and what is refused is not', async () => {
    expect(await revoke({}, 'acme.already-revoked')).toBe('already');
    await expect(revoke({}, 'acme.bad-revocation-reason')).rejects.toMatchObject({
      code: 'acme.bad-revocation-reason',
    });
  });
});
