import { readKeyStore } from '../../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../../electron/pki/key-store/with-key-entry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { Failure } from '../../../shared/failure.ts';
import { keyStoresCodes } from '../../../shared/failure-codes/key-stores.ts';
import { makeCa, makeLeaf } from '../../../test/make/certificates.ts';
import { randomPairs } from '../../../test/make/key-store-material.ts';
import { entryOf } from '../../../test/make/key-stores.ts';
import { type Chance, makeChance } from '../../../test/make/random.ts';
import { randomJavaStore } from '../../../test/make/random-java-store.ts';
import { randomPfx } from '../../../test/make/random-pfx.ts';
import { breakBytes, breakStructure } from './break-der.ts';
import type { Reader } from './reader.ts';

const password = 'campaign';
const store = Secret.of(password);
const samples = 20;

/** Key stores as all sorts of programs write them, broken; and unbroken ones, rewritten and read again. */
export async function ofKeyStores(): Promise<Reader[]> {
  const chance = makeChance(44);
  const pfx = await Promise.all(Array.from({ length: samples }, (_, at) => madePfx(chance, at % 2 === 0)));
  const java = await Promise.all(
    Array.from({ length: samples }, (_, at) => madeJava(chance, at % 2 === 0 ? 'jks' : 'jceks')),
  );
  const renewed = entryOf(makeLeaf(makeCa(), { names: ['renewed.example.org'] }), 'web');
  const read = (bytes: Buffer) => readKeyStore(bytes, { store }, 'all');
  const breakPfx = (from: Chance): Buffer =>
    from.int(2) === 0
      ? breakBytes(from.pick(pfx), from)
      : breakStructure(from.pick(pfx), from.pick(pfx), from);
  return [
    { name: 'PKCS#12 key store', share: 6, make: breakPfx, read, refuses },
    { name: 'Java key store', share: 6, make: (from) => breakBytes(from.pick(java), from), read, refuses },
    {
      name: 'key store, rewritten',
      share: 2,
      make: (from) => from.pick(from.int(2) === 0 ? pfx : java),
      read: async (bytes) => {
        const once = await withKeyEntry(bytes, { store }, renewed);
        const twice = await withKeyEntry(once.bytes, { store }, renewed);
        if (!twice.bytes.equals(once.bytes)) throw new Error('it is another one when it is written again');
        await read(once.bytes);
      },
      refuses,
    },
    {
      name: 'broken key store, rewritten',
      share: 2,
      make: (from) => (from.int(2) === 0 ? breakPfx(from) : breakBytes(from.pick(java), from)),
      read: (bytes) => withKeyEntry(bytes, { store }, renewed),
      refuses,
    },
  ];
}

const refuses = (error: unknown): boolean =>
  error instanceof Failure && Object.hasOwn(keyStoresCodes, error.code);

const madePfx = (chance: Chance, bare: boolean): Promise<Buffer> =>
  randomPfx(chance, randomPairs(chance), password, bare);

/** With a key at least: the rounds of an example are quicker than those that Java takes by itself. */
function madeJava(chance: Chance, format: 'jks' | 'jceks'): Promise<Buffer> {
  let material = randomPairs(chance);
  while (material.pairs.length === 0) material = randomPairs(chance);
  return randomJavaStore(chance, { ...material, format, keys: new Map() }, password);
}
