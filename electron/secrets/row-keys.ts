import { type Cipheriv, createCipheriv, createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';

/** format ‖ mark of the store's key ‖ tag ‖ row key under the store's key. */
const at = { tag: 5, key: 21, end: 53 };
const format = 1;
const keyLength = 32;
const tagLength = 16;

/** A wrapped row key, and the framed name of the place that it belongs to. */
interface WrappedRow {
  bound: Uint8Array;
  wrapped: Uint8Array;
}

/**
 * Every row of sealed values has a random key, wrapped by the store's key. A hash of row key and place is its tag, and
 * what AES makes the pad of that hides the row key (a synthetic IV: the row key is random, so the tag is, and needs no
 * key of its own). A wrap made for another place, by another store key or changed in any bit gives another row key: the
 * body does not open with it, and wrapping anew sees that its tag is wrong. Why so: `docs/decisions/0016-row-keys.md`.
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

  /** A new row key. The caller wipes it. */
  fresh(bound: Uint8Array): { rowKey: Buffer; wrapped: Buffer } {
    const rowKey = randomBytes(keyLength);
    const wrapped = Buffer.allocUnsafe(at.end);
    wrapped.set(this.mark);
    copyTag(hashOf(rowKey, bound), 0, wrapped, at.tag);
    const pads = this.#pads([wrapped]);
    xor(wrapped, at.key, rowKey, 0, pads, 0);
    pads.fill(0); // with the wrap it is the key
    return { rowKey, wrapped };
  }

  /**
   * Null for what was not wrapped under this store key. What was changed or moved gives a key that opens nothing: only the
   * body, sealed for its place, proves the key. The caller wipes.
   */
  unwrap(wrapped: Uint8Array): Buffer | null {
    if (!this.#isMine(wrapped)) return null;
    const rowKey = this.#pads([wrapped]); // the key takes the place of its pad
    xor(rowKey, 0, wrapped, at.key, rowKey, 0);
    return rowKey;
  }

  /** The same row keys under `to`; null for each that does not unwrap. Many at once cost little more than their hashes. */
  rewrap(to: RowKeys, rows: readonly WrappedRow[]): (Buffer | null)[] {
    const mine = rows.filter(({ wrapped }) => this.#isMine(wrapped));
    const wraps = mine.map(({ wrapped }) => wrapped);
    const [before, after] = [this.#pads(wraps), to.#pads(wraps)];
    const rowKey = Buffer.allocUnsafe(keyLength);
    let pad = 0;
    const fresh = rows.map(({ bound, wrapped }) => {
      if (!this.#isMine(wrapped)) return null;
      xor(rowKey, 0, wrapped, at.key, before, pad);
      const again = sameTag(hashOf(rowKey, bound), wrapped) ? Buffer.from(wrapped) : null;
      again?.set(to.mark);
      if (again !== null) xor(again, at.key, rowKey, 0, after, pad);
      pad += keyLength;
      return again;
    });
    for (const used of [before, after, rowKey]) used.fill(0);
    return fresh;
  }

  /** Two blocks for each wrap: its tag, and that with its last bit turned. */
  #pads(wraps: readonly Uint8Array[]): Buffer {
    const blocks = Buffer.allocUnsafe(wraps.length * keyLength);
    let to = 0;
    for (const wrapped of wraps) {
      const last = wrapped[at.key - 1] ?? 0;
      for (const end of [last, last ^ 1]) {
        copyTag(wrapped, at.tag, blocks, to);
        to += tagLength;
        blocks[to - 1] = end;
      }
    }
    return this.#aes.update(blocks);
  }

  #isMine(wrapped: Uint8Array): boolean {
    if (wrapped.length !== at.end) return false;
    for (let i = 0; i < at.tag; i++) if (wrapped[i] !== this.mark[i]) return false;
    return true;
  }
}

/** Begins with the tag, of which nobody learns the key. */
function hashOf(rowKey: Uint8Array, bound: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(keyLength + bound.length);
  input.set(rowKey);
  input.set(bound, keyLength);
  const digest = hash('sha256', input, 'buffer');
  input.fill(0, 0, keyLength);
  return digest;
}

/** Takes as long for every tag. */
function sameTag(digest: Uint8Array, wrapped: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < tagLength; i++) difference |= (digest[i] ?? 0) ^ (wrapped[at.tag + i] ?? 0);
  return difference === 0;
}

/** Faster than `set` for so few. */
function copyTag(from: Uint8Array, at: number, into: Uint8Array, to: number): void {
  for (let i = 0; i < tagLength; i++) into[to + i] = from[at + i] ?? 0;
}

function xor(
  into: Uint8Array,
  to: number,
  one: Uint8Array,
  oneAt: number,
  other: Uint8Array,
  otherAt: number,
): void {
  for (let i = 0; i < keyLength; i++) into[to + i] = (one[oneAt + i] ?? 0) ^ (other[otherAt + i] ?? 0);
}
