/**
 * The attack: somebody who can only write to the database puts another certificate behind the row of one that a person is
 * going to revoke, so that the CA is asked to revoke the wrong one, for ever.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aCertificate, anOrder } from '#test/make/certificate-rows.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { readCertificate } from '../../electron/pki/read-certificate.ts';

const ca = makeCa();
let made: Awaited<ReturnType<typeof makeCommands>>;
let revoked: string[];

/** Ordered from the default authority. */
function stored(name: string) {
  const chainPem = makeLeaf(ca, { names: [name] }).chainPem;
  const facts = readCertificate(chainPem);
  const authority = made.database.authorities.default();
  const order = made.database.orders.insert(anOrder({ authorityId: authority?.id ?? '', names: [name] }));
  made.database.certificates.upsert(aCertificate(name, { ...facts, chainPem, orderNumber: order.number }));
  return { ...facts, chainPem };
}

beforeEach(async () => {
  made = await makeCommands();
  revoked = [];
  made.tools.authorities.revoke = async (_id, { leafPem }) => {
    revoked.push(readCertificate(leafPem).fingerprint);
    return 'revoked';
  };
});
afterEach(() => made.close());

const inDatabase = (sql: string, values: readonly string[]) =>
  (made.database as SqliteDatabase).driver.run(sql, [...values]);
const revoke = ({ fingerprint }: { fingerprint: string }, certificate = fingerprint) =>
  made.call.certificates.revoke({ certificate, fingerprint, reason: 'superseded' });

test('what was meant is revoked, by its fingerprint', async () => {
  const [old] = [stored('old.example'), stored('bank.example')];
  await revoke(old);
  expect(revoked).toEqual([old.fingerprint]);
});

test('another certificate behind the row of the one that was meant is not', async () => {
  const [old, bank] = [stored('old.example'), stored('bank.example')];
  inDatabase('UPDATE certificates SET chain_pem = ? WHERE fingerprint = ?', [bank.chainPem, old.fingerprint]);
  const failure = await failureFrom(revoke(old));
  expect([failure.code, revoked]).toEqual(['certificate.other-stored', []]);
  expect(failure.message).toContain(`is the certificate ${bank.fingerprint.slice(0, 16)}… for bank.example`);
  expect(made.database.certificates.get(old.fingerprint)?.revoked).toBeNull();
});

test.each([
  ['names', JSON.stringify(['old.example'])],
  ['serial', '0badc0de'],
])('one that is stored under other %s is not', async (column, value) => {
  const bank = stored('bank.example');
  inDatabase(`UPDATE certificates SET ${column} = ? WHERE fingerprint = ?`, [value, bank.fingerprint]);
  const failure = await failureFrom(revoke(bank));
  expect([failure.code, revoked]).toEqual(['certificate.other-stored', []]);
});
