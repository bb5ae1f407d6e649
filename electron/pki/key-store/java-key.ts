import { createCipheriv, createDecipheriv, createHash, hash, timingSafeEqual } from 'node:crypto';
import { type Der, expect, readDer, readOid, readSequence, tags } from '../der.ts';
import { inSlices, readDecrypted, WrongPassword } from '../password-cipher.ts';
import { readCount, UnknownAlgorithm } from '../password-scheme.ts';
import type { Work } from '../work.ts';
import { integer, nothing, octetString, oid, sequence } from '../write-der.ts';
import { passwordUnfit } from './failures.ts';

/** How a key is protected in a Java key store: `jks`: Sun's key stream of SHA-1; `jceks`: 3DES with a key of MD5 rounds. */
export type JavaScheme = { kind: 'jks' } | { kind: 'jceks'; rounds: number };

const ids = { jks: '1.3.6.1.4.1.42.2.17.1.1', jceks: '1.3.6.1.4.1.42.2.19.1' } as const;
/** What Java writes into JCEKS by default. */
export const usualRounds = 200_000;
const saltSizes = { jks: 20, jceks: 8 } as const;
const digestSize = 20;

interface Protected {
  scheme: JavaScheme;
  /** Empty for `jks`, where it is within the data. */
  salt: Buffer;
  data: Buffer;
}

/** EncryptedPrivateKeyInfo. Throws `UnknownAlgorithm`, `TooMuch` or Failure `der.unreadable`. */
function readProtected(der: Buffer): Protected {
  const [algorithm, dataDer] = readSequence(readDer(der));
  const data = octets(dataDer);
  const [idDer, parameters] = readSequence(algorithm);
  const id = readOid(idDer);
  if (id === ids.jks) return { scheme: { kind: 'jks' }, salt: Buffer.alloc(0), data };
  if (id !== ids.jceks) throw new UnknownAlgorithm(`the algorithm ${id} for a key`);
  const [salt, rounds] = readSequence(parameters);
  return { scheme: { kind: 'jceks', rounds: readCount(rounds) }, salt: octets(salt), data };
}

const octets = (der: Der | undefined): Buffer => expect(der, tags.octetString).contents;

/** Null: protected in a way that is not read. */
export function javaSchemeOf(der: Buffer): JavaScheme | null {
  try {
    return readProtected(der).scheme;
  } catch {
    return null;
  }
}

export const javaSchemeName = ({ kind }: JavaScheme): string =>
  kind === 'jks' ? 'SHA-1 key stream (JKS)' : '3DES with MD5 (JCEKS)';

/** PrivateKeyInfo, to be overwritten when it was used. Throws `WrongPassword` and what `readProtected` throws. */
export async function decryptJavaKey(der: Buffer, password: string, work: Work): Promise<Buffer> {
  const { scheme, salt, data } = readProtected(der);
  const key =
    scheme.kind === 'jks'
      ? await unstreamed(data, password, work)
      : await decrypted(scheme.rounds, salt, data, password, work);
  readDecrypted(() => readSequence(readDer(key)));
  return key;
}

export async function encryptJavaKey(
  key: Buffer,
  scheme: JavaScheme,
  password: string,
  { bytes, work }: { bytes: (what: string, size: number) => Buffer; work: Work },
): Promise<Buffer> {
  const salt = bytes('java key', saltSizes[scheme.kind]);
  if (scheme.kind === 'jks') {
    const streamed = await xored(key, salt, utf16(password), work);
    const data = Buffer.concat([salt, streamed, checkOf(key, password)]);
    return sequence(sequence(oid(ids.jks), nothing()), octetString(data));
  }
  if (!isAscii(password))
    throw passwordUnfit(
      'Java cannot use a password with characters that are not ASCII for a key in a JCEKS key store.',
    );
  const derived = await derivedKey(scheme.rounds, salt, password, work);
  const cipher = createCipheriv('des-ede3-cbc', derived.subarray(0, 24), derived.subarray(24));
  const parameters = sequence(octetString(salt), integer(scheme.rounds));
  const data = await inSlices(cipher, key, work);
  derived.fill(0);
  return sequence(sequence(oid(ids.jceks), parameters), octetString(data));
}

// ── jks: salt, the key under a stream, and a check of it ────────────────────────────────────────────────────────

async function unstreamed(data: Buffer, password: string, work: Work): Promise<Buffer> {
  if (data.length < 2 * digestSize) throw new WrongPassword('too short');
  const salt = data.subarray(0, digestSize);
  const key = await xored(data.subarray(digestSize, -digestSize), salt, utf16(password), work);
  if (!timingSafeEqual(checkOf(key, password), data.subarray(-digestSize)))
    throw new WrongPassword('its check does not fit');
  return key;
}

/** The hash of password and salt, then of password and that, and so on. */
async function xored(data: Buffer, salt: Buffer, password: Buffer, work: Work): Promise<Buffer> {
  const result = Buffer.from(data);
  let digest = salt;
  for (let at = 0; at < data.length; at += digestSize) {
    digest = createHash('sha1').update(password).update(digest).digest();
    const size = Math.min(digestSize, data.length - at);
    for (let octet = 0; octet < size; octet += 1)
      result[at + octet] = (result[at + octet] ?? 0) ^ (digest[octet] ?? 0);
    if (work.due()) await work.pause();
  }
  return result;
}

const checkOf = (key: Buffer, password: string): Buffer =>
  createHash('sha1').update(utf16(password)).update(key).digest();

/** As Java hashes a password: two bytes for each character, the upper one first. */
export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

// ── jceks ───────────────────────────────────────────────────────────────────────────────────────────────────────

const isAscii = (password: string): boolean => /^[\x20-\x7e]*$/.test(password);

async function decrypted(
  rounds: number,
  salt: Buffer,
  data: Buffer,
  password: string,
  work: Work,
): Promise<Buffer> {
  if (salt.length !== saltSizes.jceks || !isAscii(password)) throw new WrongPassword('Java has no such key');
  const derived = await derivedKey(rounds, salt, password, work);
  try {
    return await inSlices(
      createDecipheriv('des-ede3-cbc', derived.subarray(0, 24), derived.subarray(24)),
      data,
      work,
    );
  } catch (cause) {
    throw new WrongPassword('wrong padding', { cause });
  } finally {
    derived.fill(0);
  }
}

/** 24 bytes of key and 8 of initialization vector: each half of the salt is hashed with the password, over and over. */
async function derivedKey(rounds: number, salt: Buffer, password: string, work: Work): Promise<Buffer> {
  work.derives(2 * rounds);
  const end = Buffer.from(password, 'latin1');
  const same = salt.subarray(0, 4).equals(salt.subarray(4));
  const first = same ? Buffer.from(salt.subarray(0, 4)).reverse() : salt.subarray(0, 4);
  const halves: Buffer[] = [];
  for (const half of [first, salt.subarray(4)]) {
    const mixed = Buffer.concat([hash('md5', Buffer.concat([half, end]), 'buffer'), end]);
    for (let round = 1; round < rounds; round += 1) {
      hash('md5', mixed, 'buffer').copy(mixed);
      if (round % 256 === 255 && work.due()) await work.pause();
    }
    halves.push(mixed.subarray(0, 16));
  }
  return Buffer.concat(halves);
}
