import { javaInt, javaLong, javaText } from '../../electron/pki/key-store/java-bytes.ts';
import { encryptJavaKey, type JavaScheme } from '../../electron/pki/key-store/java-key.ts';
import { writeJavaStore, writeKeyEntry } from '../../electron/pki/key-store/java-store.ts';
import { Salts } from '../../electron/pki/key-store/salts.ts';
import { Work } from '../../electron/pki/work.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { Material, Pair } from './key-store-material.ts';
import type { Chance } from './random.ts';

/** An AES key as keytool 17 seals it into a JCEKS file: a serialized Java object. */
const sealedKey = Buffer.from(
  'rO0ABXNyADNjb20uc3VuLmNyeXB0by5wcm92aWRlci5TZWFsZWRPYmplY3RGb3JLZXlQcm90ZWN0b3LNV8pZ5zC7UwIAAHhyABlqYXZheC5jcnlwdG8uU2VhbGVkT2JqZWN0PjY9psO3VHACAARbAA1lbmNvZGVkUGFyYW1zdAACW0JbABBlbmNyeXB0ZWRDb250ZW50cQB+AAJMAAlwYXJhbXNBbGd0ABJMamF2YS9sYW5nL1N0cmluZztMAAdzZWFsQWxncQB+AAN4cHVyAAJbQqzzF/gGCFTgAgAAeHAAAAARMA8ECKky5Vl24FVOAgMDDUB1cQB+AAUAAACg8VZpYIfafF2ovSSr2Kqcx3vukgsO2G/IuL11HAuhodks6qkD5tgGm9MpmRJLykBi++6OyZG3HnK5qgKXncqhkW6fXQvkz2EsTefCBJiNEjrWboRAwcDTqstNGJBaBfuMFexijTkoyXVmef1HQY66A+vXBoFE7Eeu7t0i2y2I+SyiptYTrpnOY29/keGzEWfxYV34NiEXvOwwkjgZ88akxXQAFlBCRVdpdGhNRDVBbmRUcmlwbGVERVN0ABZQQkVXaXRoTUQ1QW5kVHJpcGxlREVT',
  'base64',
);

interface Wanted extends Material {
  pairs: readonly Pair[];
  format: 'jks' | 'jceks';
  /** Of keys that have a password of their own, by alias. */
  keys: ReadonlyMap<string, Secret>;
}

/** A JKS or JCEKS file such as Java might write, of either version, with each of these pairs under its alias. */
export async function randomJavaStore(
  chance: Chance,
  { pairs, trusted, format, keys }: Wanted,
  password: string,
): Promise<Buffer> {
  const version = 1 + chance.int(2);
  const salts = new Salts(Secret.of(chance.bytes(32)));
  const work = new Work();
  const scheme: JavaScheme =
    format === 'jks' || chance.int(4) === 0 ? { kind: 'jks' } : { kind: 'jceks', rounds: 1 + chance.int(30) };
  const entries: Buffer[] = [];
  for (const { alias, pkcs8, chain } of pairs) {
    const own = keys.get(alias)?.text() ?? password;
    const bytes = await salts.of(pkcs8, work);
    const key = await encryptJavaKey(pkcs8, scheme, own, { bytes, work });
    entries.push(
      writeKeyEntry({ alias: alias.toLowerCase(), date: chance.int(2 ** 31), key, chain }, version),
    );
  }
  for (const der of trusted) if (chance.int(2) === 0) entries.push(trustEntry(chance, der, version));
  if (format === 'jceks')
    for (let left = chance.int(3); left > 0; left -= 1) entries.push(secretEntry(chance));
  return writeJavaStore({ format, version }, shuffled(chance, entries), password, work);
}

function trustEntry(chance: Chance, der: Buffer, version: number): Buffer {
  const type = version === 1 ? [] : [javaText('X.509')];
  const head = [javaInt(2), javaText(`root 🔑 ${chance.int(2 ** 30)}`), javaLong(chance.int(2 ** 31))];
  return Buffer.concat([...head, ...type, javaInt(der.length), der]);
}

const secretEntry = (chance: Chance): Buffer =>
  Buffer.concat([
    javaInt(3),
    javaText(`secret ${chance.int(2 ** 30)}`),
    javaLong(chance.int(2 ** 31)),
    sealedKey,
  ]);

function shuffled<T>(chance: Chance, list: readonly T[]): T[] {
  const left = [...list];
  return list.map(() => left.splice(chance.int(left.length), 1)[0]!);
}
