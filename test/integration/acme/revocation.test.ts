import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KeyType, type RevocationReason, revocationReasons } from '#shared/model/certificate.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeTestOrder, obtain, type TestAcme } from '../../make/acme.ts';
import { makeKey } from '../../make/certificates.ts';
import { type Pebble, startPebble } from '../../servers/pebble.ts';
import { acmeMaker, canRunPebble } from './with-pebble.ts';

const acme = acmeMaker();

describe.skipIf(!canRunPebble)('revocation at a real ACME CA', () => {
  let pebble: Pebble;
  let ours: TestAcme;
  beforeAll(async () => {
    pebble = await startPebble({ alwaysValid: true });
    ours = acme(pebble);
  });
  afterAll(() => pebble.stop());

  async function issued(keyType: KeyType = 'ec-p256') {
    const order = await makeTestOrder(['gone.example'], { keyType });
    const leafPem = await obtain(ours.authority, order);
    const { serialNumber } = new X509Certificate(leafPem);
    return { leafPem, key: order.key, status: () => pebble.statusOf(serialNumber) };
  }
  const revoke = (
    { authority }: TestAcme,
    asked: { leafPem: string; reason?: RevocationReason; key?: Secret },
  ) => authority.revoke({ reason: 'superseded', key: null, ...asked });

  test.each(revocationReasons)('by the account, for the reason %s', async (reason) => {
    const { leafPem, status } = await issued();
    expect(await revoke(ours, { leafPem, reason })).toBe('revoked');
    const numbers = { 'key-compromise': 1, 'affiliation-changed': 3, superseded: 4 };
    const sent = { ...numbers, 'cessation-of-operation': 5, unspecified: null };
    expect(await status()).toEqual({ status: 'Revoked', reason: sent[reason] });
  });

  test('twice is told as what it is, and keeps the first reason', async () => {
    const { leafPem, status } = await issued();
    expect(await revoke(ours, { leafPem })).toBe('revoked');
    expect(await revoke(ours, { leafPem, reason: 'key-compromise' })).toBe('already');
    expect(await status()).toEqual({ status: 'Revoked', reason: 4 });
  });

  test.each(['rsa-2048', 'ec-p256', 'ec-p384'] as const)(
    'by the key of the certificate, of type %s, without any account',
    async (keyType) => {
      const { leafPem, key, status } = await issued(keyType);
      const stranger = acme(pebble);
      expect(await revoke(stranger, { leafPem, key, reason: 'key-compromise' })).toBe('revoked');
      expect(await status()).toEqual({ status: 'Revoked', reason: 1 });
      expect(stranger.state.notes.size).toBe(0);
    },
  );

  test('by the key of another certificate sends nothing', async () => {
    const { leafPem, status } = await issued();
    const before = ours.requests.length;
    const key = Secret.of(makeKey('ec-p256').keyPem);
    await expect(revoke(ours, { leafPem, key })).rejects.toMatchObject({ code: 'certificate.key-mismatch' });
    expect(ours.requests.length).toBe(before);
    expect(await status()).toMatchObject({ status: 'Valid' });
  });

  test('by an account that did not order it is refused, and says what else can be done', async () => {
    const { leafPem, status } = await issued();
    await expect(revoke(acme(pebble), { leafPem })).rejects.toMatchObject({
      code: 'acme.unauthorized',
      hint: expect.stringContaining('revoke-by-key'),
    });
    expect(await status()).toMatchObject({ status: 'Valid' });
  });
});
