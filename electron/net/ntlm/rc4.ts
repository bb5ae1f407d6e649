/** RC4 (RFC 6229 has its vectors): only because NTLM is made of it. One key stream that goes on from call to call. */
export class Rc4 {
  readonly #box = Uint8Array.from({ length: 256 }, (_, index) => index);
  #i = 0;
  #j = 0;

  constructor(key: Uint8Array) {
    if (key.length === 0) throw new Error('RC4 needs a key');
    const box = this.#box;
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + at(box, i) + at(key, i % key.length)) & 255;
      swap(box, i, j);
    }
  }

  /**
   * Encrypts, or decrypts: it is the same. `output`: where to, of the same length. Plain local numbers: several times as fast as
   * members and calls.
   */
  apply(input: Uint8Array, output: Buffer = Buffer.allocUnsafe(input.length)): Buffer {
    const box = this.#box;
    let i = this.#i;
    let j = this.#j;
    for (let index = 0; index < input.length; index++) {
      i = (i + 1) & 255;
      const one = box[i] as number;
      j = (j + one) & 255;
      const other = box[j] as number;
      box[i] = other;
      box[j] = one;
      output[index] = (input[index] as number) ^ (box[(one + other) & 255] as number);
    }
    this.#i = i;
    this.#j = j;
    return output;
  }

  wipe(): void {
    this.#box.fill(0);
    this.#i = 0;
    this.#j = 0;
  }
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function swap(box: Uint8Array, i: number, j: number): void {
  const kept = at(box, i);
  box[i] = at(box, j);
  box[j] = kept;
}
