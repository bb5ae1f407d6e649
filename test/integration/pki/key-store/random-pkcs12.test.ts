import { describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { randomPairs } from '#test/make/key-store-material.ts';
import { entryOf } from '#test/make/key-stores.ts';
import { makeChance } from '#test/make/random.ts';
import { randomPfx, rawsOf } from '#test/make/random-pfx.ts';
import { sameAlias } from '../../../../electron/pki/key-store/aliases.ts';
import type { KeyStore, NewKeyEntry } from '../../../../electron/pki/key-store/key-store.ts';
import { openPfx } from '../../../../electron/pki/key-store/pfx.ts';
import { isKey } from '../../../../electron/pki/key-store/pfx-entries.ts';
import { schemeOf } from '../../../../electron/pki/key-store/pfx-keys.ts';
import { readKeyStore } from '../../../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../../../electron/pki/key-store/with-key-entry.ts';
import { Work } from '../../../../electron/pki/work.ts';
import { Secret } from '../../../../electron/secrets/secret.ts';

const password = 'changeit';
const store = Secret.of(password);
const open = (bytes: Buffer) => openPfx(bytes, password, new Work());
const hexes = (buffers: readonly Buffer[]): string[] => buffers.map((one) => one.toString('hex'));

interface Round {
  before: Buffer;
  entry: NewKeyEntry;
  legacy: boolean | undefined;
}

async function makeRound(seed: number): Promise<Round> {
  const chance = makeChance(seed);
  const material = randomPairs(chance);
  const before = await randomPfx(chance, material, password);
  const old = material.pairs.length > 0 && chance.int(4) > 0 ? chance.pick(material.pairs).alias : 'Neu';
  const entry: NewKeyEntry = {
    alias: chance.int(2) === 0 ? old.toUpperCase() : old,
    key: Secret.of(material.renewed.keyPem),
    chain: material.renewed.chain,
    date: Date.UTC(2026, 1, 2),
    seed: Secret.of(chance.bytes(32)),
  };
  return { before, entry, legacy: chance.pick([...Array<undefined>(8).fill(undefined), true, false]) };
}

const rounds = Array.from({ length: 25 }, (_, seed) => seed + 1);

describe('a random PKCS#12 file', () => {
  test.each(rounds)('(%i) has the new entry, and all others as they were', async (seed) => {
    const { before, entry, legacy } = await makeRound(seed);
    const was = await readKeyStore(before, { store }, 'all');
    const { bytes } = await withKeyEntry(before, { store }, entry, { legacy });
    const is = await readKeyStore(bytes, { store }, 'all');
    const mine = is.entries.filter((one) => one.kind === 'key' && sameAlias(one.alias, entry.alias));
    expect(mine).toMatchObject([{ keyOpens: true }]);
    expect(hexes(mine[0]?.chain ?? []).slice(0, entry.chain.length)).toEqual(
      hexes(entry.chain.map((der) => Buffer.from(der))),
    );
    expect(othersOf(is, entry.alias)).toEqual(othersOf(was, entry.alias));
    if (legacy !== undefined) {
      const old = ['windows-server-2016', 'java-before-8u301'];
      expect(is.protection.closedTo.filter((one) => old.includes(one) && legacy)).toEqual([]);
      expect(is.protection.keys.filter((one) => one.includes(legacy ? 'PBES2' : 'PBE-SHA1'))).toEqual([]);
    }
  });

  test.each(rounds)(
    '(%i) is the same when the same is put in twice, or into the result again',
    async (seed) => {
      const { before, entry, legacy } = await makeRound(seed);
      const once = await withKeyEntry(before, { store }, entry, { legacy });
      const twice = await withKeyEntry(Buffer.from(before), { store }, entry, { legacy });
      const again = await withKeyEntry(once.bytes, { store }, entry, { legacy });
      expect(twice.bytes.equals(once.bytes)).toBe(true);
      expect(again.bytes.equals(once.bytes)).toBe(true);
      const another = await withKeyEntry(
        before,
        { store },
        { ...entry, seed: Secret.of(Buffer.alloc(32, 9)) },
        { legacy },
      );
      expect(another.bytes.equals(once.bytes)).toBe(false);
    },
  );

  test.each(rounds)(
    '(%i) loses nothing but the old entry, and keeps parts without it byte for byte',
    async (seed) => {
      const { before, entry } = await makeRound(seed);
      const was = await readKeyStore(before, { store });
      const { bytes } = await withKeyEntry(before, { store }, entry);
      const [pfxBefore, pfxAfter] = [await open(before), await open(bytes)];
      const kept = new Set(hexes(rawsOf(pfxAfter.parts)));
      const lost = rawsOf(pfxBefore.parts).filter((raw) => !kept.has(raw.toString('hex')));
      const old = was.entries.find((one) => one.kind === 'key' && sameAlias(one.alias, entry.alias));
      const used = new Set(was.entries.flatMap((one) => (one === old ? [] : hexes(one.chain))));
      const mayGo = (raw: Buffer): boolean => (old?.chain ?? []).some((der) => raw.includes(der));
      const lostCertificates = lost.filter(mayGo);
      expect(lost.length - lostCertificates.length).toBe(old === undefined ? 0 : 1); // the key
      for (const der of (old?.chain ?? []).slice(1))
        if (used.has(der.toString('hex')))
          expect(lostCertificates.some((raw) => raw.includes(der))).toBe(false);
      const lostHere = new Set(hexes(lost));
      const partsAfter = new Set(hexes(pfxAfter.parts.map(({ raw }) => raw)));
      const untouched = pfxBefore.parts.filter(
        ({ bags }) => !hexes(rawsOf([{ bags }])).some((raw) => lostHere.has(raw)),
      );
      const carried = untouched.filter(({ raw }) => partsAfter.has(raw.toString('hex')));
      // a part may have got what is new
      expect(untouched.length - carried.length).toBeLessThanOrEqual(old === undefined ? 2 : 0);
    },
  );
});

test('no two contents have the same salt, though the seed is the same', async () => {
  const { before, entry } = await makeRound(3);
  const seen = new Set<string>();
  for (const turn of [0, 1, 2]) {
    const other = makeLeaf(makeCa(), { names: [`n${turn}.example.org`] });
    const { bytes } = await withKeyEntry(
      before,
      { store },
      entryOf(other, entry.alias, { seed: entry.seed }),
    );
    const keys = (await open(bytes)).parts.flatMap(({ bags }) => bags ?? []).filter(isKey);
    for (const bag of keys) seen.add(JSON.stringify(schemeOf(bag)));
    expect(seen.size).toBe(keys.length + turn);
  }
});

/** What may not change, in a form to compare. */
const othersOf = ({ entries }: KeyStore, alias: string) =>
  entries
    .filter((one) => one.kind !== 'key' || !sameAlias(one.alias, alias))
    .filter((one) => !(one.kind === 'other' && one.chain.length > 0))
    .map(({ alias: name, kind, chain, keyOpens, date }) => ({
      name,
      kind,
      chain: hexes(chain),
      keyOpens,
      date,
    }));
