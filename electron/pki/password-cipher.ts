import {
  createCipheriv,
  createDecipheriv,
  createHash,
  pbkdf2 as pbkdf2Callback,
  type ScryptOptions,
  scrypt as scryptCallback,
} from 'node:crypto';
import { promisify } from 'node:util';
import {
  type PasswordScheme,
  type Pbkdf2,
  type Pkcs12Cipher,
  pbes2Ciphers,
  UnknownAlgorithm,
} from './password-scheme.ts';
import { hashed, pkcs12Kdf, purposes } from './pkcs12-kdf.ts';
import { decryptRc2 } from './rc2.ts';
import type { Work } from './work.ts';

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

/**
 * Decrypts what is protected by a password: PBES2 (AES, 3DES), the ways of PKCS#12 (3DES, RC2), PBES1 (DES). Uses only what
 * OpenSSL 3 and BoringSSL both have; derives beside the loop, or in slices. Throws `WrongPassword` or `TooMuch`.
 */
export async function decryptWithPassword(
  scheme: PasswordScheme,
  data: Buffer,
  password: PasswordForms,
  work: Work,
): Promise<Buffer> {
  const { cipher, key, iv } = await keyAndIv(scheme, password, work);
  try {
    if (typeof cipher === 'number') return withoutPadding(await decryptRc2({ key, iv }, cipher, data, work));
    return await inSlices(createDecipheriv(cipher, key, iv), data, work);
  } catch (cause) {
    throw cause instanceof WrongPassword ? cause : new WrongPassword('wrong padding', { cause });
  } finally {
    key.fill(0);
  }
}

/** The other way round; RC2 is not written. */
export async function encryptWithPassword(
  scheme: PasswordScheme,
  data: Buffer,
  password: PasswordForms,
  work: Work,
): Promise<Buffer> {
  const { cipher, key, iv } = await keyAndIv(scheme, password, work);
  if (typeof cipher === 'number') throw new UnknownAlgorithm('RC2');
  try {
    return await inSlices(createCipheriv(cipher, key, iv), data, work);
  } finally {
    key.fill(0);
  }
}

interface KeyAndIv {
  /** The runtime's name for it; a number: RC2 with so many effective bits. */
  cipher: string | number;
  key: Buffer;
  iv: Buffer;
}

/** DES-CBC, which no runtime offers any more, is 3DES with the same key three times. */
const tripleDes = 'des-ede3-cbc';

async function keyAndIv(scheme: PasswordScheme, password: PasswordForms, work: Work): Promise<KeyAndIv> {
  switch (scheme.kind) {
    case 'pbes2': {
      const { name, keySize } = pbes2Ciphers[scheme.cipher];
      const { derivation, iv } = scheme;
      const key =
        derivation.kdf === 'pbkdf2'
          ? await pbkdf2Key(derivation, password.utf8, keySize, work)
          : await scryptKey(derivation, password.utf8, keySize);
      return { cipher: name, key, iv };
    }
    case 'pkcs12': {
      const common = {
        hash: 'sha1',
        password: password.bmp,
        salt: scheme.salt,
        rounds: scheme.rounds,
      } as const;
      const { cipher, size } = ofPkcs12[scheme.cipher];
      const key = await pkcs12Kdf({ ...common, purpose: purposes.key, size }, work);
      const iv = await pkcs12Kdf({ ...common, purpose: purposes.iv, size: 8 }, work);
      const two = scheme.cipher === '3DES with two keys';
      return { cipher, key: two ? Buffer.concat([key, key.subarray(0, 8)]) : key, iv };
    }
    case 'pbes1': {
      work.derives(scheme.rounds);
      const first = createHash(scheme.hash).update(password.utf8).update(scheme.salt).digest();
      const digest = await hashed(scheme.hash, first, scheme.rounds - 1, work);
      const key = digest.subarray(0, 8);
      return { cipher: tripleDes, key: Buffer.concat([key, key, key]), iv: digest.subarray(8, 16) };
    }
  }
}

const ofPkcs12: Readonly<Record<Pkcs12Cipher, { cipher: string | number; size: number }>> = {
  '3DES': { cipher: tripleDes, size: 24 },
  '3DES with two keys': { cipher: tripleDes, size: 16 },
  'RC2-128': { cipher: 128, size: 16 },
  'RC2-40': { cipher: 40, size: 5 },
};

const pbkdf2InPool = promisify(pbkdf2Callback);
const scryptInPool = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scryptCallback);

/** Beside the loop. */
export async function pbkdf2Key(
  { salt, rounds, hash }: Pbkdf2,
  password: Buffer,
  size: number,
  work: Work,
): Promise<Buffer> {
  work.derives(rounds);
  return pbkdf2InPool(password, salt, rounds, size, hash);
}

function scryptKey(
  { salt, cost, blockSize, parallel }: { salt: Buffer; cost: number; blockSize: number; parallel: number },
  password: Buffer,
  size: number,
): Promise<Buffer> {
  const maxmem = 256 * cost * blockSize + 2 ** 20;
  return scryptInPool(password, salt, size, { N: cost, r: blockSize, p: parallel, maxmem });
}

/** Takes some milliseconds of 3DES. */
const sliceBytes = 64 * 1024;

/** All of `data` through a cipher, its padding included. */
export async function inSlices(
  cipher: { update(data: Buffer): Buffer; final(): Buffer },
  data: Buffer,
  work: Work,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let at = 0; at < data.length; at += sliceBytes) {
    parts.push(cipher.update(data.subarray(at, at + sliceBytes)));
    if (work.due()) await work.pause();
  }
  parts.push(cipher.final());
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}

function withoutPadding(data: Buffer): Buffer {
  const count = data.at(-1) ?? 0;
  const padding = data.subarray(data.length - count);
  if (count < 1 || count > 8 || padding.some((octet) => octet !== count))
    throw new WrongPassword('wrong padding');
  return data.subarray(0, data.length - count);
}
