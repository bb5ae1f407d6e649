import { createHash } from 'node:crypto';

/** What the bytes are for (RFC 7292 B.3). */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

export type KdfHash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** Key derivation of PKCS#12 (RFC 7292 appendix B.2). `password`: as `bmpPassword` gives it. */
export function pkcs12Kdf(
  hash: KdfHash,
  purpose: number,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  size: number,
): Buffer {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = Buffer.alloc(block, purpose);
  const mixed = Buffer.concat([repeated(salt, block), repeated(password, block)]);
  const parts: Buffer[] = [];
  for (let have = 0; have < size; ) {
    let digest = createHash(hash).update(diversifier).update(mixed).digest();
    for (let round = 1; round < iterations; round++) digest = createHash(hash).update(digest).digest();
    parts.push(digest);
    have += digest.length;
    if (have < size) addToBlocks(mixed, repeated(digest, block).subarray(0, block), block);
  }
  return Buffer.concat(parts).subarray(0, size);
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
