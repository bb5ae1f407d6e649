import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { decrypt, encrypt, rowKeyFormat } from './aead.ts';

const rowKeyLength = 32;
const markLength = 5;

/**
 * Every row of sealed values has a random key, sealed with AES-256-GCM under a key made of the store's key, with the name of
 * its place as associated data: a wrap that was changed, moved or is of another store key does not open. A wrap is mark ‖ what
 * `aead.ts` gives; the mark tells which store key it is under, without trying. Why so: `docs/decisions/0025-row-key-wrap.md`.
 */
export class RowKeys {
  readonly #key: KeyObject;
  /** What every wrap under this key begins with. */
  readonly mark: Buffer;

  /** Does not keep `storeKey`. */
  constructor(storeKey: Buffer) {
    const key = createHmac('sha256', storeKey).update('trustkeep row keys, AES-256-GCM').digest();
    const mark = createHmac('sha256', storeKey).update('trustkeep row keys, AES-256-GCM, mark').digest();
    this.#key = createSecretKey(key);
    key.fill(0);
    this.mark = Buffer.concat([Buffer.of(rowKeyFormat), mark.subarray(0, markLength - 1)]);
  }

  /** A new row key. The caller wipes it. */
  fresh(bound: Uint8Array): { rowKey: Buffer; wrapped: Buffer } {
    const rowKey = randomBytes(rowKeyLength);
    return { rowKey, wrapped: this.wrap(bound, rowKey) };
  }

  /** `bound`: the framed name of the place that the key belongs to. */
  wrap(bound: Uint8Array, rowKey: Uint8Array): Buffer {
    return Buffer.concat([this.mark, encrypt(this.#key, bound, rowKey, rowKeyFormat)]);
  }

  /** Null for what was not wrapped under this store key for this place, or was changed or cut since. The caller wipes. */
  unwrap(bound: Uint8Array, wrapped: Uint8Array): Buffer | null {
    for (let i = 0; i < markLength; i++) if (wrapped[i] !== this.mark[i]) return null;
    return decrypt(this.#key, bound, wrapped.subarray(markLength), rowKeyFormat);
  }
}
