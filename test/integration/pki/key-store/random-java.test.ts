import { describe, expect, test } from 'vitest';
import { type Pair, randomPairs } from '#test/make/key-store-material.ts';
import { type Chance, makeChance } from '#test/make/random.ts';
import { randomJavaStore } from '#test/make/random-java-store.ts';
import { sameAlias } from '../../../../electron/pki/key-store/aliases.ts';
import { openJavaStore } from '../../../../electron/pki/key-store/java-store.ts';
import type { NewKeyEntry } from '../../../../electron/pki/key-store/key-store.ts';
import { readKeyStore } from '../../../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../../../electron/pki/key-store/with-key-entry.ts';
import { Work } from '../../../../electron/pki/work.ts';
import { Secret } from '../../../../electron/secrets/secret.ts';

const password = 'pässwört';
const store = Secret.of(password);

interface Round {
  format: 'jks' | 'jceks';
  before: Buffer;
  entry: NewKeyEntry;
  keys: Map<string, Secret>;
}

async function makeRound(seed: number): Promise<Round> {
  const chance = makeChance(seed);
  const material = randomPairs(chance);
  const format = chance.pick(['jks', 'jceks'] as const);
  const keys = ownPasswords(material.pairs, format, chance);
  const before = await randomJavaStore(chance, { ...material, format, keys }, password);
  const known = material.pairs.length > 0 && chance.int(4) > 0;
  const alias = known ? chance.pick(material.pairs).alias.toUpperCase() : 'Neu';
  const entry: NewKeyEntry = {
    alias,
    key: Secret.of(material.renewed.keyPem),
    keyPassword: known ? undefined : Secret.of('new key'),
    chain: material.renewed.chain,
    date: Date.UTC(2026, 1, 2),
    seed: Secret.of(chance.bytes(32)),
  };
  return { format, before, entry, keys: known ? keys : keys.set('neu', Secret.of('new key')) };
}

/** JCEKS takes no others than ASCII for a key. */
const ownPasswords = (pairs: readonly Pair[], format: string, chance: Chance): Map<string, Secret> =>
  new Map(
    pairs.flatMap(({ alias }) =>
      format === 'jceks' || chance.int(2) === 0 ? [[alias, Secret.of(`own ${alias.length}`)] as const] : [],
    ),
  );

const rounds = Array.from({ length: 30 }, (_, seed) => seed + 1);

describe('a random JKS or JCEKS file', () => {
  test.each(rounds)('(%i) has the new entry, and all others byte for byte in their places', async (seed) => {
    const { format, before, entry, keys } = await makeRound(seed);
    const { bytes, remarks } = await withKeyEntry(before, { store, keys }, entry);
    expect(remarks).toEqual([]);
    const [was, is] = [await opened(before, format), await opened(bytes, format)];
    const at = was.entries.findIndex(({ alias }) => sameAlias(alias, entry.alias));
    const others = (entries: typeof was.entries) =>
      entries.filter(({ alias }) => !sameAlias(alias, entry.alias));
    expect(others(is.entries).map(({ raw }) => raw)).toEqual(others(was.entries).map(({ raw }) => raw));
    expect(is.version).toBe(was.version);
    const mine = is.entries[at < 0 ? is.entries.length - 1 : at];
    expect(mine).toMatchObject({ kind: 'key', date: entry.date, chain: entry.chain });
    expect(mine?.alias).toBe(at < 0 ? 'neu' : was.entries[at]?.alias);
    const read = await readKeyStore(bytes, { store, keys }, 'all');
    expect(read.entries.flatMap(({ kind, keyOpens }) => (kind === 'key' ? [keyOpens] : []))).not.toContain(
      false,
    );
  });

  test.each(rounds)(
    '(%i) is the same when the same is put in twice, or into the result again',
    async (seed) => {
      const { before, entry, keys } = await makeRound(seed);
      const once = await withKeyEntry(before, { store, keys }, entry);
      const twice = await withKeyEntry(before, { store, keys }, entry);
      const again = await withKeyEntry(once.bytes, { store, keys }, entry);
      expect(twice.bytes.equals(once.bytes)).toBe(true);
      expect(again.bytes.equals(once.bytes)).toBe(true);
    },
  );
});

const opened = (bytes: Buffer, format: 'jks' | 'jceks') => openJavaStore(bytes, format, password, new Work());
