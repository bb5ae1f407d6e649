import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Authority } from '#shared/model/authority.ts';
import { aCertificate, anOrder } from '#test/make/certificate-rows.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import { acmeSettings, anAuthority } from '#test/make/rows.ts';
import type { Revocation } from '../../../electron/providers/authorities/authority.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
let issuer: Authority;
/** What was asked of which authority; and what it answers. */
let asked: ({ id: string; key: string | null } & Omit<Revocation, 'key'>)[];
let handed: Revocation['key'];
let answer: () => Promise<'revoked' | 'already'>;

const leaf = makeLeaf(makeCa(), { names: ['gone.example'] });
const { fingerprint } = leaf.facts;

beforeEach(async () => {
  made = await makeCommands();
  issuer = anAuthority({ name: 'issuer', kind: 'acme', settings: acmeSettings() });
  made.database.authorities.insert(issuer);
  [asked, handed] = [[], null];
  answer = async () => 'revoked';
  made.tools.authorities.revoke = (id, { key, ...revocation }) => {
    handed = key;
    asked.push({ id, key: key?.text() ?? null, ...revocation });
    return answer();
  };
});
afterEach(() => made.close());

/** Ordered from an authority that is not the default one; or met somewhere. */
function store(ordered = true): void {
  const order = ordered ? made.database.orders.insert(anOrder({ authorityId: issuer.id })) : null;
  const facts = { ...leaf.facts, chainPem: leaf.chainPem, orderNumber: order?.number ?? null };
  made.database.certificates.upsert(aCertificate('gone', facts));
}
const stored = () => made.database.certificates.get(fingerprint)?.revoked;
const revoke = (more: { fingerprint?: string } = { fingerprint }) =>
  made.call.certificates.revoke({ certificate: fingerprint, reason: 'superseded', ...more });

describe('a certificate that was ordered here', () => {
  beforeEach(() => store());

  test('is revoked at the authority that issued it, for the reason that was named, and its nodes are renewed', async () => {
    expect(await revoke()).toMatchObject({ authority: 'issuer', reason: 'superseded', already: false });
    const { chainPem: leafPem } = leaf;
    expect(asked).toEqual([{ id: issuer.id, leafPem, reason: 'superseded', key: null }]);
    expect(stored()).toMatchObject({ reason: 'superseded' });
    expect(made.script.woken).toBe(1);
  });

  test.each([{}, { fingerprint: 'ab'.repeat(8) }])('is not where it is named as %j', async (named) => {
    expect((await failureFrom(revoke(named))).code).toBe('certificate.not-confirmed');
    expect([asked, stored()]).toEqual([[], null]);
  });

  test('and that the CA refuses to revoke is not noted as revoked', async () => {
    answer = () => Promise.reject(new Failure('acme.bad-revocation-reason', 'Not for this reason.'));
    expect((await failureFrom(revoke())).code).toBe('acme.bad-revocation-reason');
    expect(stored()).toBeNull();
  });

  test('and was revoked elsewhere for a reason that is not known keeps none', async () => {
    answer = async () => 'already';
    expect(await revoke()).toMatchObject({ already: true });
    expect(stored()).toMatchObject({ reason: null });
  });

  test('keeps when and why it was revoked first', async () => {
    await revoke();
    const first = stored();
    answer = async () => 'already';
    await revoke();
    expect(stored()).toEqual(first);
  });
});

test('a certificate that was not ordered here is not revoked by the account of any authority', async () => {
  store(false);
  expect((await failureFrom(revoke())).code).toBe('certificate.not-ordered-here');
  expect(asked).toEqual([]);
});

describe('a certificate whose key someone has', () => {
  function byKey(more: { fingerprint?: string; private_key?: string }) {
    const path = join(made.directory, 'gone.pem');
    writeFileSync(path, leaf.chainPem);
    const given = { path, authority: 'issuer', reason: 'key-compromise', private_key: leaf.keyPem } as const;
    return made.call.certificates.revokeByKey({ ...given, ...more });
  }

  test('is revoked by that key, which is kept no longer', async () => {
    await byKey({ fingerprint });
    const { chainPem, keyPem: key } = leaf;
    expect(asked).toEqual([{ id: issuer.id, leafPem: chainPem, reason: 'key-compromise', key }]);
    expect(() => handed?.text()).toThrow();
  });

  test.each([{}, { fingerprint: 'ab'.repeat(8) }])('is not where it is named as %j', async (named) => {
    expect((await failureFrom(byKey(named))).code).toBe('certificate.not-confirmed');
    expect(asked).toEqual([]);
  });

  test.each([
    ['another key', makeLeaf(makeCa(), { names: ['gone.example'] }).keyPem, 'certificate.key-mismatch'],
    ['no key', 'a password', 'key.unreadable'],
  ])('is not confirmed with %s in hand: that is said first', async (_what, private_key, code) => {
    for (const named of [{}, { fingerprint }])
      expect((await failureFrom(byKey({ ...named, private_key }))).code).toBe(code);
    expect(asked).toEqual([]);
  });
});
