import { createHash, hash as hashOnce } from 'node:crypto';
import type { Work } from './work.ts';

/** What the bytes are for (RFC 7292 B.3). */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

export type KdfHash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

interface Derivation {
  hash: KdfHash;
  purpose: number;
  /** As `bmpPassword` gives it. */
  password: Uint8Array;
  salt: Uint8Array;
  rounds: number;
  /** Bytes wanted. */
  size: number;
}

/** Key derivation of PKCS#12 (RFC 7292 appendix B.2), which no crypto library offers, in slices. */
export async function pkcs12Kdf(wanted: Derivation, work: Work): Promise<Buffer> {
  const { hash, purpose, password, salt, rounds, size } = wanted;
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = Buffer.alloc(block, purpose);
  const mixed = Buffer.concat([repeated(salt, block), repeated(password, block)]);
  const parts: Buffer[] = [];
  for (let have = 0; have < size; ) {
    work.derives(rounds);
    const first = createHash(hash).update(diversifier).update(mixed).digest();
    const digest = await hashed(hash, first, rounds - 1, work);
    parts.push(digest);
    have += digest.length;
    if (have < size) addToBlocks(mixed, repeated(digest, block).subarray(0, block), block);
  }
  mixed.fill(0);
  return Buffer.concat(parts).subarray(0, size);
}

/** The hash of the hash, and so on, `rounds` times. */
export async function hashed(hash: string, start: Buffer, rounds: number, work: Work): Promise<Buffer> {
  let digest = start;
  for (let round = 0; round < rounds; round++) {
    digest = hashOnce(hash, digest, 'buffer');
    if (round % 256 === 255 && work.due()) await work.pause();
  }
  return digest;
}

/** Over and over until a whole number of blocks is full; nothing stays nothing. */
function repeated(bytes: Uint8Array, block: number): Buffer {
  const size = Math.ceil(bytes.length / block) * block;
  return size === 0 ? Buffer.alloc(0) : Buffer.alloc(size, bytes);
}

/** Each block of `mixed` becomes (block + addend + 1) modulo 2^(8 · block). */
function addToBlocks(mixed: Buffer, addend: Buffer, block: number): void {
  for (let start = 0; start < mixed.length; start += block) {
    let carry = 1;
    for (let at = block - 1; at >= 0; at--) {
      const sum = (mixed[start + at] ?? 0) + (addend[at] ?? 0) + carry;
      mixed[start + at] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}

/** UTF-16BE with two zero bytes at the end. */
export function bmpPassword(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le').swap16();
}
