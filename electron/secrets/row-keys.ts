import { type Cipheriv, createCipheriv, createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';

/** format ‖ mark of the store's key ‖ tag ‖ row key under the store's key. */
const at = { tag: 5, key: 21, end: 53 };
const format = 1;
const keyLength = 32;
const tagLength = 16;

/** A wrapped row key, and the framed name of the place that it belongs to. */
export interface WrappedRow {
  bound: Uint8Array;
  wrapped: Uint8Array;
}

/**
 * Every row of sealed values has a random key, wrapped by the store's key. One hash of row key and place gives the key
 * of the body and a tag; the tag is also the start of the AES counter that hides the row key (a synthetic IV: the row
 * key is random, so the tag is, and needs no key of its own). A wrap made for another place, by another store key or
 * changed in any bit gives another hash. Why so: `docs/decisions/0016-row-keys.md`.
 */
export class RowKeys {
  /** AES as such, block by block. Kept, since making it costs more than a hundred blocks. */
  readonly #aes: Cipheriv;
  /** What every wrap under this key begins with. */
  readonly mark: Buffer;

  /** Does not keep `storeKey`. */
  constructor(storeKey: Buffer) {
    const key = createHmac('sha256', storeKey).update('trustkeep row keys').digest();
    const mark = createHmac('sha256', storeKey).update('trustkeep row keys mark').digest();
    this.#aes = createCipheriv('aes-256-ecb', createSecretKey(key), null).setAutoPadding(false);
    key.fill(0);
    this.mark = Buffer.concat([Buffer.of(format), mark.subarray(0, at.tag - 1)]);
  }

  /** A new row key. The caller wipes the key of the body. */
  fresh(bound: Uint8Array): { bodyKey: Buffer; wrapped: Buffer } {
    const rowKey = randomBytes(keyLength);
    const { bodyKey, tag } = derive(rowKey, bound);
    const wrapped = this.#wrap(tag, rowKey, this.#pads([tag]));
    rowKey.fill(0);
    return { bodyKey, wrapped };
  }

  /** The key of the body; null when this was not wrapped here for this place, or was changed. The caller wipes. */
  unwrap({ bound, wrapped }: WrappedRow): Buffer | null {
    if (!this.#isMine(wrapped)) return null;
    const rowKey = unhide(wrapped, this.#pads([wrapped.subarray(at.tag, at.key)]), 0);
    const { bodyKey, tag } = derive(rowKey, bound);
    rowKey.fill(0);
    if (sameTag(tag, wrapped)) return bodyKey;
    bodyKey.fill(0);
    return null;
  }

  /** The same row keys under `to`; null for each that does not unwrap. Many at once cost little more than their hashes. */
  rewrap(to: RowKeys, rows: readonly WrappedRow[]): (Buffer | null)[] {
    const whole = rows.map(({ wrapped }) => (this.#isMine(wrapped) ? wrapped : Buffer.alloc(at.end)));
    const tags = whole.map((wrapped) => wrapped.subarray(at.tag, at.key));
    const [mine, theirs] = [this.#pads(tags), to.#pads(tags)];
    const fresh = rows.map(({ bound, wrapped }, index) => {
      if (!this.#isMine(wrapped)) return null;
      const rowKey = unhide(wrapped, mine, index * keyLength);
      const { bodyKey, tag } = derive(rowKey, bound);
      bodyKey.fill(0);
      const again = sameTag(tag, wrapped) ? to.#wrap(tag, rowKey, theirs, index * keyLength) : null;
      rowKey.fill(0);
      return again;
    });
    mine.fill(0);
    theirs.fill(0);
    return fresh;
  }

  #wrap(tag: Uint8Array, rowKey: Buffer, pads: Buffer, from = 0): Buffer {
    const wrapped = Buffer.allocUnsafe(at.end);
    wrapped.set(this.mark);
    wrapped.set(tag, at.tag);
    for (let i = 0; i < keyLength; i++) wrapped[at.key + i] = (rowKey[i] ?? 0) ^ (pads[from + i] ?? 0);
    return wrapped;
  }

  /** Two counter blocks for each tag, its last bit being the counter. */
  #pads(tags: readonly Uint8Array[]): Buffer {
    const counters = Buffer.allocUnsafe(tags.length * keyLength);
    for (const [index, tag] of tags.entries()) {
      const last = tag[tagLength - 1] ?? 0;
      const from = index * keyLength;
      counters.set(tag, from);
      counters.set(tag, from + tagLength);
      counters[from + tagLength - 1] = last & 0xfe;
      counters[from + keyLength - 1] = last | 1;
    }
    return this.#aes.update(counters);
  }

  #isMine(wrapped: Uint8Array): boolean {
    return wrapped.length === at.end && this.mark.every((byte, index) => wrapped[index] === byte);
  }
}

/** Two halves of one hash: nobody who has the tag knows more of the key. */
function derive(rowKey: Buffer, bound: Uint8Array): { bodyKey: Buffer; tag: Buffer } {
  const input = Buffer.concat([rowKey, bound]);
  const digest = hash('sha512', input, 'buffer');
  input.fill(0);
  return { bodyKey: digest.subarray(0, keyLength), tag: digest.subarray(keyLength, keyLength + tagLength) };
}

function unhide(wrapped: Uint8Array, pads: Buffer, from: number): Buffer {
  const rowKey = Buffer.allocUnsafe(keyLength);
  for (let i = 0; i < keyLength; i++) rowKey[i] = (wrapped[at.key + i] ?? 0) ^ (pads[from + i] ?? 0);
  return rowKey;
}

/** Takes as long for every tag. */
function sameTag(tag: Uint8Array, wrapped: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < tagLength; i++) difference |= (tag[i] ?? 0) ^ (wrapped[at.tag + i] ?? 0);
  return difference === 0;
}
