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

  /** Encrypts, or decrypts: it is the same. */
  apply(input: Uint8Array): Buffer {
    const box = this.#box;
    const output = Buffer.alloc(input.length);
    for (let index = 0; index < input.length; index++) {
      this.#i = (this.#i + 1) & 255;
      this.#j = (this.#j + at(box, this.#i)) & 255;
      swap(box, this.#i, this.#j);
      output[index] = at(input, index) ^ at(box, (at(box, this.#i) + at(box, this.#j)) & 255);
    }
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
