import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

/** First byte of a value sealed directly under the store's key. */
export const sealFormat = 1;
/** First byte of a value sealed under a row key of its own. */
export const rowFormat = 2;
/** First byte of a row key sealed under the store's key. */
export const rowKeyFormat = 3;

const nonceLength = 12;
const tagLength = 16;
const overhead = 1 + nonceLength + tagLength;

/**
 * AES-256-GCM: format ‖ nonce ‖ ciphertext ‖ tag. The format byte is authenticated through `bound`'s owner.
 * Bytes are wrapped into a key object first: handed over as they are they take the library three times as long.
 */
export function encrypt(
  key: Uint8Array | KeyObject,
  bound: Uint8Array,
  plain: Uint8Array,
  format: number = sealFormat,
): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', keyObject(key), nonce, { authTagLength: tagLength });
  cipher.setAAD(bound);
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([Buffer.of(format), nonce, body, cipher.getAuthTag()]);
}

/** Null when it was not sealed with this key for this place, or was changed or cut since. The caller wipes. */
export function decrypt(
  key: Uint8Array | KeyObject,
  bound: Uint8Array,
  sealed: Uint8Array,
  format: number = sealFormat,
): Buffer | null {
  if (sealed.length < overhead || sealed[0] !== format) return null;
  const bodyEnd = sealed.length - tagLength;
  const decipher = createDecipheriv('aes-256-gcm', keyObject(key), sealed.subarray(1, 1 + nonceLength), {
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

let nonces = Buffer.alloc(0);

/** Random. Drawn from the system many at a time: one by one they take as long as the cipher. Each is given once. */
function nextNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(nonceLength * 256);
  const nonce = nonces.subarray(0, nonceLength);
  nonces = nonces.subarray(nonceLength);
  return nonce;
}

function keyObject(key: Uint8Array | KeyObject): KeyObject {
  return key instanceof Uint8Array ? createSecretKey(key) : key;
}
