import { type Der, expect, readInteger, readOid, readSequence, tags } from './der.ts';
import type { KdfHash } from './pkcs12-kdf.ts';
import { TooMuch } from './work.ts';
import { integer, nothing, octetString, oid, sequence } from './write-der.ts';

/** How something is encrypted with a password, as its AlgorithmIdentifier says. */
export type PasswordScheme =
  | { kind: 'pbes2'; cipher: Pbes2Cipher; derivation: Pbkdf2 | Scrypt; iv: Buffer }
  | { kind: 'pkcs12'; cipher: Pkcs12Cipher; salt: Buffer; rounds: number }
  | { kind: 'pbes1'; hash: 'md5' | 'sha1'; salt: Buffer; rounds: number };

export interface Pbkdf2 {
  kdf: 'pbkdf2';
  hash: KdfHash;
  salt: Buffer;
  rounds: number;
  /** Of the key, in bytes, where the parameters tell it. */
  keyLength: number | null;
}

interface Scrypt {
  kdf: 'scrypt';
  salt: Buffer;
  cost: number;
  blockSize: number;
  parallel: number;
}

type Pbes2Cipher = 'AES-128' | 'AES-192' | 'AES-256' | '3DES';
export type Pkcs12Cipher = '3DES' | '3DES with two keys' | 'RC2-128' | 'RC2-40';

/** Thrown for what is in order but of a kind that is not read; `message` is its name. */
export class UnknownAlgorithm extends Error {}

/** More rounds than any program writes would only hold everything up. */
export const mostRounds = 2_000_000;
const mostScryptMemory = 64 * 1024 * 1024;

export const pbes2 = '1.2.840.113549.1.5.13';
export const pbkdf2 = '1.2.840.113549.1.5.12';
export const scrypt = '1.3.6.1.4.1.11591.4.11';

export const pbes2Ciphers: Readonly<
  Record<Pbes2Cipher, { id: string; name: string; keySize: number; blockSize: number }>
> = {
  'AES-128': { id: '2.16.840.1.101.3.4.1.2', name: 'aes-128-cbc', keySize: 16, blockSize: 16 },
  'AES-192': { id: '2.16.840.1.101.3.4.1.22', name: 'aes-192-cbc', keySize: 24, blockSize: 16 },
  'AES-256': { id: '2.16.840.1.101.3.4.1.42', name: 'aes-256-cbc', keySize: 32, blockSize: 16 },
  '3DES': { id: '1.2.840.113549.3.7', name: 'des-ede3-cbc', keySize: 24, blockSize: 8 },
};

const pkcs12Ciphers: Readonly<Record<Pkcs12Cipher, string>> = {
  '3DES': '1.2.840.113549.1.12.1.3',
  '3DES with two keys': '1.2.840.113549.1.12.1.4',
  'RC2-128': '1.2.840.113549.1.12.1.5',
  'RC2-40': '1.2.840.113549.1.12.1.6',
};

const pbes1Hashes = { md5: '1.2.840.113549.1.5.3', sha1: '1.2.840.113549.1.5.10' } as const;

export const hmacs: Readonly<Record<KdfHash, string>> = {
  sha1: '1.2.840.113549.2.7',
  sha224: '1.2.840.113549.2.8',
  sha256: '1.2.840.113549.2.9',
  sha384: '1.2.840.113549.2.10',
  sha512: '1.2.840.113549.2.11',
};

/** Names of what is met now and then and not read. */
const otherNames: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.12.1.1': 'RC4-128',
  '1.2.840.113549.1.12.1.2': 'RC4-40',
  '1.2.840.113549.1.5.1': 'DES with MD2',
  '1.2.840.113549.1.5.6': 'RC2 with MD5',
  '1.2.840.113549.1.5.11': 'RC2 with SHA-1',
  '2.16.840.1.101.3.4.1.6': 'AES-128 in GCM',
  '2.16.840.1.101.3.4.1.26': 'AES-192 in GCM',
  '2.16.840.1.101.3.4.1.46': 'AES-256 in GCM',
  '1.2.643.2.2.21': 'GOST 28147',
};

/** The name that belongs to an identifier. */
export function nameById<Name extends string>(
  table: Readonly<Record<Name, string>>,
  id: string,
): Name | undefined {
  return (Object.keys(table) as Name[]).find((name) => table[name] === id);
}

/** Throws `UnknownAlgorithm`, `TooMuch` or Failure `der.unreadable`. */
export function readScheme(algorithm: Der): PasswordScheme {
  const [idDer, parameters] = readSequence(algorithm);
  const id = readOid(idDer);
  if (id === pbes2) return readPbes2(parameters);
  const cipher = nameById(pkcs12Ciphers, id);
  const hash = nameById(pbes1Hashes, id);
  if (cipher === undefined && hash === undefined)
    throw new UnknownAlgorithm(otherNames[id] ?? `the algorithm ${id}`);
  const [salt, rounds] = readSequence(parameters);
  const common = { salt: octets(salt), rounds: readCount(rounds) };
  return cipher === undefined
    ? { kind: 'pbes1', hash: hash ?? 'sha1', ...common }
    : { kind: 'pkcs12', cipher, ...common };
}

const octets = (der: Der | undefined): Buffer => expect(der, tags.octetString).contents;

function readPbes2(parameters: Der | undefined): PasswordScheme {
  const [derivation, scheme] = readSequence(parameters);
  const [idDer, iv] = readSequence(scheme);
  const id = readOid(idDer);
  const cipher = (Object.keys(pbes2Ciphers) as Pbes2Cipher[]).find((name) => pbes2Ciphers[name].id === id);
  if (cipher === undefined) throw new UnknownAlgorithm(otherNames[id] ?? `the cipher ${id}`);
  return { kind: 'pbes2', cipher, derivation: readDerivation(derivation), iv: octets(iv) };
}

function readDerivation(derivation: Der | undefined): Pbkdf2 | Scrypt {
  const [idDer, parameters] = readSequence(derivation);
  const id = readOid(idDer);
  if (id === pbkdf2) return readPbkdf2(parameters);
  if (id !== scrypt) throw new UnknownAlgorithm(`the key derivation ${id}`);
  const [salt, cost, blockSize, parallel] = readSequence(parameters);
  const found = {
    ...{ kdf: 'scrypt' as const, salt: octets(salt), cost: readCount(cost) },
    ...{ blockSize: readCount(blockSize, 64), parallel: readCount(parallel, 16) },
  };
  const { cost: N } = found;
  if (128 * N * found.blockSize > mostScryptMemory || (N & (N - 1)) !== 0 || N < 2)
    throw new TooMuch('an unusual scrypt');
  return found;
}

/** Parameters of PBKDF2 (RFC 8018 A.2). */
export function readPbkdf2(parameters: Der | undefined): Pbkdf2 {
  const [salt, rounds, ...rest] = readSequence(parameters);
  const prf = rest.find(({ tag }) => tag === tags.sequence);
  const id = prf === undefined ? hmacs.sha1 : readOid(readSequence(prf)[0]);
  const hash = nameById(hmacs, id);
  if (hash === undefined) throw new UnknownAlgorithm(`the hash ${id}`);
  const length = rest.find(({ tag }) => tag === tags.integer);
  const keyLength = length === undefined ? null : readCount(length, 1024);
  return { kdf: 'pbkdf2', hash, salt: octets(salt), rounds: readCount(rounds), keyLength };
}

/** A small unsigned number; a count of rounds when `limit` is left out. Throws `TooMuch`. */
export function readCount(der: Der | undefined, limit = mostRounds): number {
  const bytes = readInteger(der);
  const value = bytes.length > 6 ? Number.POSITIVE_INFINITY : bytes.readIntBE(0, bytes.length);
  if (value < 1 || value > limit) throw new TooMuch('an unusual number of rounds');
  return value;
}

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** AlgorithmIdentifier. */
export function writeScheme(scheme: PasswordScheme): Buffer {
  if (scheme.kind !== 'pbes2') {
    const id = scheme.kind === 'pkcs12' ? pkcs12Ciphers[scheme.cipher] : pbes1Hashes[scheme.hash];
    return sequence(oid(id), sequence(octetString(scheme.salt), integer(scheme.rounds)));
  }
  const { derivation, iv } = scheme;
  const { id, keySize } = pbes2Ciphers[scheme.cipher];
  const written =
    derivation.kdf === 'pbkdf2'
      ? writePbkdf2({ ...derivation, keyLength: derivation.keyLength === null ? null : keySize })
      : sequence(
          oid(scrypt),
          sequence(
            ...[octetString(derivation.salt), integer(derivation.cost)],
            ...[integer(derivation.blockSize), integer(derivation.parallel)],
          ),
        );
  return sequence(oid(pbes2), sequence(written, sequence(oid(id), octetString(iv))));
}

/** AlgorithmIdentifier of the derivation. */
export function writePbkdf2({ salt, rounds, hash, keyLength }: Pbkdf2): Buffer {
  const prf = hash === 'sha1' ? [] : [sequence(oid(hmacs[hash]), nothing())];
  const length = keyLength === null ? [] : [integer(keyLength)];
  return sequence(oid(pbkdf2), sequence(octetString(salt), integer(rounds), ...length, ...prf));
}

/** The same with another salt and another initialization vector, each as long as it was (a salt of at least 8 bytes). */
export function withNewSalt(
  scheme: PasswordScheme,
  bytes: (what: 'salt' | 'iv', size: number) => Buffer,
): PasswordScheme {
  const salt = (old: Buffer): Buffer => bytes('salt', Math.min(Math.max(old.length, 8), 64));
  if (scheme.kind !== 'pbes2') return { ...scheme, salt: salt(scheme.salt) };
  const { derivation } = scheme;
  const iv = bytes('iv', pbes2Ciphers[scheme.cipher].blockSize);
  return { ...scheme, derivation: { ...derivation, salt: salt(derivation.salt) }, iv };
}

const hashNames: Readonly<Record<KdfHash, string>> = {
  sha1: 'SHA-1',
  sha224: 'SHA-224',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};
export const hashName = (hash: KdfHash): string => hashNames[hash];

/** `AES-256 (PBES2)`: what a person compares; rounds are left out. */
export function schemeName(scheme: PasswordScheme): string {
  if (scheme.kind === 'pbes2') return `${scheme.cipher} (PBES2)`;
  return scheme.kind === 'pkcs12' ? `${scheme.cipher} (PBE-SHA1)` : `DES (PBES1)`;
}
