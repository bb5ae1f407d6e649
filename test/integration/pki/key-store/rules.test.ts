import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { dersOf, entryOf } from '#test/make/key-stores.ts';
import { attributesOf, certificateBag, keyBag, pfxOf } from '#test/make/made-pfx.ts';
import { readDer, readSequence } from '../../../../electron/pki/der.ts';
import type { KeyStorePasswords } from '../../../../electron/pki/key-store/key-store.ts';
import { openPfx } from '../../../../electron/pki/key-store/pfx.ts';
import { type Bag, bagTypes, trustedAttribute } from '../../../../electron/pki/key-store/pfx-bags.ts';
import { type Mac, writeMac } from '../../../../electron/pki/key-store/pfx-mac.ts';
import { readKeyStore } from '../../../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../../../electron/pki/key-store/with-key-entry.ts';
import { Work } from '../../../../electron/pki/work.ts';
import { integer, octetString, oid, sequence, setOf, utf8 } from '../../../../electron/pki/write-der.ts';
import { Secret } from '../../../../electron/secrets/secret.ts';
import { rejectionOf } from '../../../unit/pki/failure-of.ts';

const password = 'changeit';
const passwords: KeyStorePasswords = { store: Secret.of(password) };
const ca = makeCa();
const intermediate = makeCa({ signedBy: ca });
const old = makeLeaf(ca, { names: ['old.example.org'], intermediate });
const other = makeLeaf(ca, { names: ['other.example.org'], intermediate });
const renewed = makeLeaf(ca, { names: ['renewed.example.org'], intermediate: true });
const leafOf = ({ certPem }: { certPem: string }): Buffer => dersOf(certPem)[0]!;
const shared = leafOf(intermediate);
const slowMac: Mac = { kind: 'pkcs12', hash: 'sha1', salt: Buffer.alloc(8), rounds: 2_000_001 };
const fallible = async (bytes: Buffer, more = {}, given = passwords) =>
  rejectionOf(withKeyEntry(bytes, given, entryOf(renewed, 'web', more)));

const pairOf = async (leaf: typeof old, name: string | null, id: string | null): Promise<Buffer[]> => [
  await keyBag(leaf, attributesOf(name, id), password),
  certificateBag(leafOf(leaf), attributesOf(null, id)),
];

async function bagsOf(bytes: Buffer): Promise<Bag[]> {
  const { parts } = await openPfx(bytes, password, new Work());
  return parts.flatMap(({ bags }) => bags ?? []);
}

const certificatesIn = async (bytes: Buffer): Promise<(Buffer | null)[]> =>
  (await bagsOf(bytes)).map(({ certificate }) => certificate).filter((one) => one !== null);

describe('the names of entries in PKCS#12', () => {
  test('that have none are the numbers Java gives them, also once they are replaced', async () => {
    const bytes = await pfxOf(
      [...(await pairOf(old, null, 'a')), ...(await pairOf(other, null, 'b'))],
      password,
    );
    const aliases = async (of: Buffer) =>
      (await readKeyStore(of, passwords)).entries.map(({ alias }) => alias);
    expect(await aliases(bytes)).toEqual(['1', '2']);
    const { bytes: after } = await withKeyEntry(bytes, passwords, entryOf(renewed, '2'));
    expect(await aliases(after)).toEqual(['1', '2']);
    const read = await readKeyStore(after, passwords, ['2']);
    expect(read.entries[1]).toMatchObject({ keyOpens: true, chain: dersOf(renewed.chainPem) });
    expect(read.entries[0]).toMatchObject({ keyOpens: null, chain: [leafOf(old)] });
  });

  test('stay as they are written when they are replaced by another spelling', async () => {
    const bytes = await pfxOf(await pairOf(old, 'Web', 'a'), password);
    const { bytes: after } = await withKeyEntry(bytes, passwords, entryOf(renewed, 'wEB'));
    expect((await readKeyStore(after, passwords)).entries.map(({ alias }) => alias)).toEqual(['Web']);
  });

  test('that belong to something else, or to two keys, are refused', async () => {
    const trusted = certificateBag(leafOf(ca), [...attributesOf('WEB', null), trustedAttribute()]);
    expect((await fallible(await pfxOf([trusted], password))).code).toBe('key-store.alias-taken');
    const two = [...(await pairOf(old, 'web', 'a')), ...(await pairOf(other, 'Web', 'b'))];
    const failure = await fallible(await pfxOf(two, password));
    expect(failure).toMatchObject({ code: 'key-store.alias-ambiguous' });
    expect(failure.message).toContain('2 keys');
  });
});

describe('what ties a key to its certificate', () => {
  test.each([
    ['the time in the form of Java', 'Time 1700000000000', Buffer.from(`Time ${Date.UTC(2026, 1, 2)}`)],
    [
      'the hash of the certificate in that of OpenSSL',
      createHash('sha1').update(leafOf(old)).digest(),
      createHash('sha1').update(leafOf(renewed)).digest(),
    ],
    ['what it was in any other', 'own', Buffer.from('own')],
  ])('is %s', async (_name, id, wanted) => {
    const attributes = [...attributesOf('web', null), ...localKeyId(id)];
    const bags = [await keyBag(old, attributes, password), certificateBag(leafOf(old), localKeyId(id))];
    const { bytes } = await withKeyEntry(await pfxOf(bags, password), passwords, entryOf(renewed, 'web'));
    const ids = (await bagsOf(bytes)).map(({ localKeyId: one }) => one);
    expect(ids).toEqual([wanted, wanted, null]);
  });

  test('is never what another entry has', async () => {
    const time = `Time ${Date.UTC(2026, 1, 2)}`;
    const bytes = await pfxOf(await pairOf(other, 'other', time), password);
    const { bytes: after } = await withKeyEntry(bytes, passwords, entryOf(renewed, 'web'));
    const keys = (await bagsOf(after)).filter(({ type }) => type === bagTypes.shroudedKey);
    expect(keys.map(({ localKeyId: one }) => one?.toString())).toEqual([
      time,
      `Time ${Date.UTC(2026, 1, 2) + 1}`,
    ]);
  });
});

const localKeyId = (id: string | Buffer): Buffer[] =>
  typeof id === 'string'
    ? attributesOf(null, id)
    : [sequence(oid('1.2.840.113549.1.9.21'), setOf(octetString(id)))];

describe('the certificates of a replaced entry', () => {
  test('go when no other entry uses them, with all their copies', async () => {
    const bags = [...(await pairOf(old, 'web', 'a')), certificateBag(shared, []), certificateBag(shared, [])];
    const { bytes } = await withKeyEntry(await pfxOf(bags, password), passwords, entryOf(renewed, 'web'));
    expect(await certificatesIn(bytes)).toEqual(dersOf(renewed.chainPem));
  });

  test('stay when another entry uses them, or when one is trusted', async () => {
    const others = [...(await pairOf(other, 'other', 'b')), certificateBag(shared, [])];
    const trusted = certificateBag(shared, [...attributesOf('root', null), trustedAttribute()]);
    for (const more of [others, [trusted]]) {
      const bags = [...(await pairOf(old, 'web', 'a')), ...more];
      const { bytes } = await withKeyEntry(await pfxOf(bags, password), passwords, entryOf(renewed, 'web'));
      expect(await certificatesIn(bytes)).toContainEqual(shared);
      expect(await certificatesIn(bytes)).not.toContainEqual(leafOf(old));
    }
  });

  test('stay when one of them belongs to two keys', async () => {
    const keys = [await keyBag(old, attributesOf('web', 'a'), password)];
    keys.push(await keyBag(old, attributesOf('again', 'a'), password));
    const bytes = await pfxOf([...keys, certificateBag(leafOf(old), attributesOf(null, 'a'))], password);
    const { bytes: after } = await withKeyEntry(bytes, passwords, entryOf(renewed, 'web'));
    const { entries } = await readKeyStore(after, passwords);
    expect(entries.map(({ alias, chain }) => [alias, chain[0]])).toEqual([
      ['web', leafOf(renewed)],
      ['again', leafOf(old)],
    ]);
    expect((await withKeyEntry(after, passwords, entryOf(renewed, 'web'))).bytes).toEqual(after);
  });

  test('leave attributes of the key to the new one, but none that describe the old certificate', async () => {
    const provider = sequence(oid('1.3.6.1.4.1.311.17.1'), setOf(utf8('some provider')));
    const thumbprint = sequence(oid('1.3.6.1.4.1.311.17.3.20'), setOf(octetString(Buffer.alloc(20))));
    const key = await keyBag(old, [...attributesOf('web', 'a'), provider], password);
    const certificate = certificateBag(leafOf(old), [...attributesOf('web', 'a'), thumbprint]);
    const { bytes } = await withKeyEntry(
      await pfxOf([key, certificate], password),
      passwords,
      entryOf(renewed, 'web'),
    );
    const raws = (await bagsOf(bytes)).flatMap(({ attributes }) => attributes.map(({ raw }) => raw));
    expect(raws).toContainEqual(provider);
    expect(raws).not.toContainEqual(thumbprint);
  });
});

describe('what cannot be done is named', () => {
  const rc4 = sequence(oid('1.2.840.113549.1.12.1.1'), sequence(octetString(Buffer.alloc(8)), integer(1)));

  test('an algorithm that is not read, in the protection of a part or of the whole', async () => {
    const data = oid('1.2.840.113549.1.7.1');
    const sealed = (algorithm: Buffer): Buffer => sequence(data, algorithm, Buffer.from([0x80, 1, 0]));
    const part = sequence(
      oid('1.2.840.113549.1.7.6'),
      Buffer.concat([Buffer.from([0xa0, 0]), sequence(integer(0), sealed(rc4))]),
    );
    part[part.indexOf(0xa0) + 1] = part.length - part.indexOf(0xa0) - 2;
    const content = sequence(data, explicitOctets(sequence(part)));
    const failure = await rejectionOf(readKeyStore(sequence(integer(3), content), passwords));
    expect(failure).toMatchObject({ code: 'key-store.unsupported' });
    expect(failure.message).toContain('RC4-128');
  });

  test('a part that is encrypted for a certificate: it is read, and not changed', async () => {
    const enveloped = sequence(oid('1.2.840.113549.1.7.3'), Buffer.from([0xa0, 2, 0x30, 0]));
    const content = sequence(oid('1.2.840.113549.1.7.1'), explicitOctets(sequence(enveloped)));
    const bytes = sequence(integer(3), content);
    const read = await readKeyStore(bytes, passwords);
    expect(read.cannotRewrite).toContain('encrypted for a certificate');
    expect((await fallible(bytes)).code).toBe('key-store.cannot-rewrite');
  });

  test('more rounds than is reasonable', async () => {
    const parts = readSequence(readDer(await pfxOf([], password, { mac: null })));
    const slow = sequence(...parts.map(({ whole }) => whole), writeMac(slowMac, Buffer.alloc(20)));
    expect((await rejectionOf(readKeyStore(slow, passwords))).code).toBe('key-store.too-much');
  });

  test('a key that does not open where it would have to be protected otherwise', async () => {
    const bags = [
      ...(await pairOf(old, 'web', 'a')),
      await keyBag(other, attributesOf('own', 'b'), 'another one'),
    ];
    const bytes = await pfxOf(bags, password);
    const converting = withKeyEntry(bytes, passwords, entryOf(renewed, 'web'), { legacy: false });
    const failure = await rejectionOf(converting);
    expect(failure).toMatchObject({ code: 'key-store.key-password-wrong' });
    expect(failure.message).toContain('"own"');
    const keys = new Map([['OWN', Secret.of('another one')]]);
    const { bytes: after } = await withKeyEntry(bytes, { ...passwords, keys }, entryOf(renewed, 'web'), {
      legacy: false,
    });
    const read = await readKeyStore(after, { ...passwords, keys }, 'all');
    expect(read.entries.map(({ alias, keyOpens, algorithms }) => [alias, keyOpens, ...algorithms])).toEqual([
      ['web', true, 'AES-256 (PBES2)'],
      ['own', true, 'AES-256 (PBES2)'],
    ]);
  });

  test('a change by someone who does not know the password', async () => {
    const bytes = await pfxOf([...(await pairOf(old, 'web', 'a'))], password, {
      scheme: { kind: 'pkcs12', cipher: '3DES', salt: Buffer.alloc(8), rounds: 1 },
    });
    const changed = Buffer.from(bytes);
    const at = changed.length - 20; // within the digest
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect((await rejectionOf(readKeyStore(changed, passwords))).code).toBe('key-store.corrupt');
    const wrong = rejectionOf(readKeyStore(bytes, { store: Secret.of('wrong') }));
    expect((await wrong).code).toBe('key-store.wrong-password');
  });

  test('an entry that is none', async () => {
    const bytes = await pfxOf([], password);
    const codes = [
      await fallible(bytes, { alias: '' }),
      await fallible(bytes, { chain: dersOf(other.chainPem) }),
      await fallible(bytes, { chain: [] }),
      await fallible(bytes, { key: Secret.of('no key') }),
      await fallible(bytes, { seed: Secret.of('short') }),
    ].map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['key-store.entry-unfit']));
  });

  test('a password that Java does not take, as a remark', async () => {
    const bytes = await pfxOf([], 'pässwört');
    const store = Secret.of('pässwört');
    const { remarks, bytes: after } = await withKeyEntry(bytes, { store }, entryOf(renewed, 'web'));
    expect(remarks).toEqual([expect.stringContaining('not ASCII')]);
    expect((await readKeyStore(after, { store })).protection.closedTo).toContain('java');
  });
});

const explicitOctets = (inner: Buffer): Buffer => {
  const octets = octetString(inner);
  return Buffer.concat([Buffer.from([0xa0, 0x80 | 1, octets.length]), octets]);
};
