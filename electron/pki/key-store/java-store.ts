import { createHash, timingSafeEqual } from 'node:crypto';
import type { Work } from '../work.ts';
import { corrupt, tooMuch, unsupported, wrongPasswordOrDamaged } from './failures.ts';
import { JavaBytes, javaInt, javaLong, javaText } from './java-bytes.ts';
import { utf16 } from './java-key.ts';
import { skipObject } from './java-object.ts';
import type { KeyStoreFormat } from './key-store.ts';
import { updateInSlices } from './pfx-mac.ts';

/** JKS or JCEKS: the same layout, but for secret keys. */
export type JavaFormat = Exclude<KeyStoreFormat, 'pkcs12'>;

export interface JavaEntry {
  /** As it is written. */
  raw: Buffer;
  kind: 'key' | 'trust' | 'secret';
  alias: string;
  /** Epoch milliseconds; NaN where it cannot be one. */
  date: number;
  /** EncryptedPrivateKeyInfo of a key. */
  key: Buffer;
  /** X.509, DER; certificates of another kind are left out. */
  chain: Buffer[];
}

interface JavaStore {
  format: JavaFormat;
  /** 1 or 2: the first one does not tell the kind of a certificate. */
  version: number;
  entries: JavaEntry[];
}

const magics: Readonly<Record<JavaFormat, number>> = { jks: 0xfeedfeed, jceks: 0xcececece };
const kinds = { 1: 'key', 2: 'trust', 3: 'secret' } as const;
const digestSize = 20;
const mostEntries = 100_000;
/** Of one key. */
const longestChain = 1000;

/** Reads one, and proves that it is whole. Failure `key-store.*`. */
export async function openJavaStore(
  whole: Uint8Array,
  format: JavaFormat,
  password: string,
  work: Work,
): Promise<JavaStore> {
  const all = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  if (all.length < 12 + digestSize) throw corrupt('it ends too early');
  const body = all.subarray(0, -digestSize);
  const bytes = new JavaBytes(body);
  bytes.int(); // the magic number, by which it is here
  const version = bytes.int();
  if (version !== 1 && version !== 2) throw unsupported(`version ${version} of the format`);
  const count = bytes.int();
  if (count > mostEntries) throw tooMuch(`${count} entries`);
  const entries: JavaEntry[] = [];
  while (entries.length < count) {
    entries.push(readEntry(bytes, format, version));
    if (work.due()) await work.pause();
  }
  if (bytes.left > 0) throw corrupt('there is something behind its last entry');
  const digest = await digestOf(body, password, work);
  if (!timingSafeEqual(digest, all.subarray(-digestSize))) throw wrongPasswordOrDamaged();
  return { format, version, entries };
}

function readEntry(bytes: JavaBytes, format: JavaFormat, version: number): JavaEntry {
  const start = bytes.at;
  const tag = bytes.int();
  const kind = kinds[tag as keyof typeof kinds];
  if (kind === undefined || (kind === 'secret' && format === 'jks'))
    throw corrupt(`it has an entry of an unknown kind (${tag})`);
  const alias = bytes.text();
  const date = bytes.long();
  const key = kind === 'key' ? bytes.take(bytes.int()) : Buffer.alloc(0);
  const chain: Buffer[] = [];
  if (kind === 'secret') skipObject(bytes);
  const count = kind === 'key' ? bytes.int() : kind === 'trust' ? 1 : 0;
  if (count > longestChain) throw tooMuch(`a chain of ${count} certificates`);
  for (let left = count; left > 0; left -= 1) {
    const type = version === 1 ? x509 : bytes.text();
    const certificate = bytes.take(bytes.int());
    if (type === x509) chain.push(certificate);
  }
  return { raw: bytes.since(start), kind, alias, date, key, chain };
}

const x509 = 'X.509';

/** Sun's, since 1996: the password, a phrase, and all before the digest. */
async function digestOf(body: Buffer, password: string, work: Work): Promise<Buffer> {
  const hash = createHash('sha1').update(utf16(password)).update('Mighty Aphrodite', 'latin1');
  await updateInSlices(hash, body, work);
  return hash.digest();
}

/** A key entry as bytes. */
export function writeKeyEntry(
  { alias, date, key, chain }: Pick<JavaEntry, 'alias' | 'date' | 'key' | 'chain'>,
  version: number,
): Buffer {
  const certificates = chain.flatMap((der) => [
    ...(version === 1 ? [] : [javaText(x509)]),
    ...[javaInt(der.length), der],
  ]);
  const head = [javaInt(1), javaText(alias), javaLong(date), javaInt(key.length), key];
  return Buffer.concat([...head, javaInt(chain.length), ...certificates]);
}

/** The whole file. */
export async function writeJavaStore(
  { format, version }: Pick<JavaStore, 'format' | 'version'>,
  entries: readonly Buffer[],
  password: string,
  work: Work,
): Promise<Buffer> {
  const head = [javaInt(magics[format]), javaInt(version), javaInt(entries.length)];
  const body = Buffer.concat([...head, ...entries]);
  return Buffer.concat([body, await digestOf(body, password, work)]);
}
