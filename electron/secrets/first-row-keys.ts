import {
  type Cipheriv,
  createCipheriv,
  createHmac,
  createSecretKey,
  hash,
  timingSafeEqual,
} from 'node:crypto';

/** format ‖ mark of the store's key ‖ tag ‖ row key under the store's key. */
const at = { tag: 5, key: 21, end: 53 };
const format = 1;

/**
 * Reads the wraps of the first format (`docs/decisions/0016-row-keys.md`), of which none is made any more: the first
 * half of the hash of row key and place is the tag, and the AES blocks of the tag, as it is and with its last bit turned,
 * hide the row key.
 */
export class FirstRowKeys {
  /** AES as such, block by block. */
  readonly #aes: Cipheriv;
  readonly #mark: Buffer;

  /** Does not keep `storeKey`. */
  constructor(storeKey: Buffer) {
    const key = createHmac('sha256', storeKey).update('trustkeep row keys').digest();
    const mark = createHmac('sha256', storeKey).update('trustkeep row keys mark').digest();
    this.#aes = createCipheriv('aes-256-ecb', createSecretKey(key), null).setAutoPadding(false);
    key.fill(0);
    this.#mark = Buffer.concat([Buffer.of(format), mark.subarray(0, at.tag - 1)]);
  }

  /** Null for what was not wrapped under this store key for this place, or was changed or cut since. The caller wipes. */
  unwrap(bound: Uint8Array, wrapped: Uint8Array): Buffer | null {
    if (wrapped.length !== at.end || !this.#mark.equals(wrapped.subarray(0, at.tag))) return null;
    const tag = wrapped.subarray(at.tag, at.key);
    const blocks = Buffer.concat([tag, tag]);
    blocks[blocks.length - 1] = (blocks.at(-1) ?? 0) ^ 1;
    const rowKey = this.#aes.update(blocks); // the key takes the place of its pad
    for (const [index, hidden] of wrapped.subarray(at.key).entries())
      rowKey[index] = (rowKey[index] ?? 0) ^ hidden;
    if (timingSafeEqual(tagOf(rowKey, bound), tag)) return rowKey;
    rowKey.fill(0);
    return null;
  }
}

function tagOf(rowKey: Uint8Array, bound: Uint8Array): Buffer {
  const input = Buffer.concat([rowKey, bound]);
  const digest = hash('sha256', input, 'buffer');
  input.fill(0);
  return digest.subarray(0, at.key - at.tag);
}
