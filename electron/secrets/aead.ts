import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** First byte of everything sealed. A later way of sealing gets another number. */
export const sealFormat = 1;
const nonceLength = 12;
const tagLength = 16;
const overhead = 1 + nonceLength + tagLength;

/** AES-256-GCM: format ‖ nonce ‖ ciphertext ‖ tag. The format byte is authenticated through `bound`'s owner. */
export function encrypt(key: Uint8Array, bound: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(bound);
  return Buffer.concat([
    Buffer.of(sealFormat),
    nonce,
    cipher.update(plain),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** Null when it was not sealed with this key for this place, or was changed or cut since. The caller wipes. */
export function decrypt(key: Uint8Array, bound: Uint8Array, sealed: Uint8Array): Buffer | null {
  if (sealed.length < overhead || sealed[0] !== sealFormat) return null;
  const bodyEnd = sealed.length - tagLength;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceLength), {
    authTagLength: tagLength,
  });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(bodyEnd));
  const plain = decipher.update(sealed.subarray(1 + nonceLength, bodyEnd));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}
