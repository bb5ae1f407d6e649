import { createDecipheriv, createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { type Der, expect, readInteger, readOid, readSequence, tags } from './der.ts';
import { type KdfHash, pkcs12Kdf, purposes } from './pkcs12-kdf.ts';
import { decryptRc2 } from './rc2.ts';

/** One password in the two forms that the algorithms want. */
export interface PasswordForms {
  /** For PBES1 and PBES2. */
  utf8: Buffer;
  /** For those of PKCS#12: UTF-16BE with its end, or nothing at all. */
  bmp: Buffer;
}

/** Thrown when what comes out cannot be right: most likely the password is wrong. */
export class WrongPassword extends Error {}

/** Reads what came out: where that cannot be, its padding was right by chance. Throws `WrongPassword` then. */
export function readDecrypted<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new WrongPassword('what came out cannot be read', { cause });
  }
}

/** More rounds than any program writes would only hold everything up. */
export const mostRounds = 2_000_000;
const mostScryptMemory = 64 * 1024 * 1024;

/**
 * Decrypts what an AlgorithmIdentifier with a password says: PBES2 (AES, 3DES), those of PKCS#12 (3DES, RC2), PBES1
 * (DES). Uses only what OpenSSL 3 and BoringSSL both have. Throws `WrongPassword`, or Failure
 * `client-certificate.unreadable` for other algorithms.
 */
export function decryptWithPassword(algorithm: Der, data: Buffer, password: PasswordForms): Buffer {
  const [id, parameters] = readSequence(algorithm);
  const name = readOid(id);
  if (name === pbes2) return decryptPbes2(parameters, data, password);
  const old = pkcs12Ciphers[name];
  if (old !== undefined) return decryptPkcs12(old, parameters, data, password);
  const oldest = pbes1Hashes[name];
  if (oldest !== undefined) return decryptPbes1(oldest, parameters, data, password);
  throw unsupported(`the algorithm ${name}`);
}

function unsupported(what: string): Failure {
  return new Failure(
    'client-certificate.unreadable',
    `The client certificate file uses ${what}, which Trustkeep cannot read.`,
    { hint: 'Export it again with AES-256 or 3DES protection.' },
  );
}

/** A small unsigned number; a count of rounds when `limit` is left out. */
export function readCount(der: Der | undefined, limit = mostRounds): number {
  const bytes = readInteger(der);
  const value = bytes.length > 6 ? Number.POSITIVE_INFINITY : bytes.readIntBE(0, bytes.length);
  if (value < 1 || value > limit) throw unsupported(`an unusual number of rounds`);
  return value;
}

/** CBC with PKCS#7 padding. */
function decryptCbc(cipher: string, key: Buffer, iv: Buffer, data: Buffer): Buffer {
  try {
    const decipher = createDecipheriv(cipher, key, iv);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch (cause) {
    throw new WrongPassword('wrong padding', { cause });
  }
}

// ── PBES2 (RFC 8018 6.2) ────────────────────────────────────────────────────────────────────────────────────────

export const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2 = '1.2.840.113549.1.5.12';
export const scrypt = '1.3.6.1.4.1.11591.4.11';

const cbcCiphers: Readonly<Record<string, { name: string; keySize: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keySize: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keySize: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keySize: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keySize: 24 },
};
const prfs: Readonly<Record<string, KdfHash>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

function decryptPbes2(parameters: Der | undefined, data: Buffer, password: PasswordForms): Buffer {
  const [derivation, scheme] = readSequence(parameters);
  const [id, iv] = readSequence(scheme);
  const cipher = cbcCiphers[readOid(id)];
  if (cipher === undefined) throw unsupported(`the cipher ${readOid(id)}`);
  const key = derivedKey(derivation, cipher.keySize, password.utf8);
  return decryptCbc(cipher.name, key, expect(iv, tags.octetString).contents, data);
}

function derivedKey(derivation: Der | undefined, size: number, password: Buffer): Buffer {
  const [id, parameters] = readSequence(derivation);
  const name = readOid(id);
  if (name === pbkdf2) {
    const [salt, rounds, ...rest] = readSequence(parameters);
    const prf = rest.find(({ tag }) => tag === tags.sequence);
    const prfName = prf === undefined ? '1.2.840.113549.2.7' : readOid(readSequence(prf)[0]);
    const hash = prfs[prfName];
    if (hash === undefined) throw unsupported(`the hash ${prfName}`);
    return pbkdf2Sync(password, expect(salt, tags.octetString).contents, readCount(rounds), size, hash);
  }
  if (name !== scrypt) throw unsupported(`the key derivation ${name}`);
  const [salt, cost, blockSize, parallel] = readSequence(parameters);
  const N = readCount(cost);
  const r = readCount(blockSize, 64);
  if (128 * N * r > mostScryptMemory || (N & (N - 1)) !== 0 || N < 2) throw unsupported('an unusual scrypt');
  return scryptSync(password, expect(salt, tags.octetString).contents, size, {
    ...{ N, r, p: readCount(parallel, 16) },
    maxmem: 2 * mostScryptMemory,
  });
}

// ── PKCS#12 (RFC 7292 appendix C): SHA-1 always ─────────────────────────────────────────────────────────────────

interface OldCipher {
  keySize: number;
  decrypt(key: Buffer, iv: Buffer, data: Buffer): Buffer;
}

const rc2 = (keySize: number): OldCipher => ({
  keySize,
  decrypt(key, iv, data) {
    try {
      return withoutPadding(decryptRc2(key, keySize * 8, iv, data));
    } catch (cause) {
      throw cause instanceof WrongPassword ? cause : new WrongPassword('wrong length', { cause });
    }
  },
});

const pkcs12Ciphers: Readonly<Record<string, OldCipher>> = {
  '1.2.840.113549.1.12.1.3': {
    keySize: 24,
    decrypt: (key, iv, data) => decryptCbc('des-ede3-cbc', key, iv, data),
  },
  '1.2.840.113549.1.12.1.4': {
    keySize: 16,
    decrypt: (key, iv, data) =>
      decryptCbc('des-ede3-cbc', Buffer.concat([key, key.subarray(0, 8)]), iv, data),
  },
  '1.2.840.113549.1.12.1.5': rc2(16),
  '1.2.840.113549.1.12.1.6': rc2(5),
};

function decryptPkcs12(
  cipher: OldCipher,
  parameters: Der | undefined,
  data: Buffer,
  password: PasswordForms,
) {
  const [saltDer, roundsDer] = readSequence(parameters);
  const salt = expect(saltDer, tags.octetString).contents;
  const rounds = readCount(roundsDer);
  const key = pkcs12Kdf('sha1', purposes.key, password.bmp, salt, rounds, cipher.keySize);
  const iv = pkcs12Kdf('sha1', purposes.iv, password.bmp, salt, rounds, 8);
  return cipher.decrypt(key, iv, data);
}

function withoutPadding(data: Buffer): Buffer {
  const count = data.at(-1) ?? 0;
  const padding = data.subarray(data.length - count);
  if (count < 1 || count > 8 || padding.some((octet) => octet !== count))
    throw new WrongPassword('wrong padding');
  return data.subarray(0, data.length - count);
}

// ── PBES1 (RFC 8018 6.1), with DES: what OpenSSL before 1.1 gave private keys ───────────────────────────────────

const pbes1Hashes: Readonly<Record<string, 'md5' | 'sha1'>> = {
  '1.2.840.113549.1.5.3': 'md5',
  '1.2.840.113549.1.5.10': 'sha1',
};

function decryptPbes1(
  hash: string,
  parameters: Der | undefined,
  data: Buffer,
  password: PasswordForms,
): Buffer {
  const [salt, rounds] = readSequence(parameters);
  let digest = Buffer.concat([password.utf8, expect(salt, tags.octetString).contents]);
  for (let left = readCount(rounds); left > 0; left--) digest = createHash(hash).update(digest).digest();
  return decryptDes(digest.subarray(0, 8), digest.subarray(8, 16), data);
}

/** DES-CBC, which no runtime offers any more, is 3DES with the same key three times. */
export function decryptDes(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  return decryptCbc('des-ede3-cbc', Buffer.concat([key, key, key]), iv, data);
}
