import { timingSafeEqual } from 'node:crypto';
import { flag, has } from './flags.ts';
import { hmacMd5, type Side, sealingKey, signingKey } from './keys.ts';
import { Rc4 } from './rc4.ts';
import { NtlmRefused } from './refused.ts';

/** One direction of a sealed conversation: messages in order, each counted. Another log-in needs another one. */
export class Sealing {
  readonly #signKey: Buffer;
  readonly #cipher: Rc4;
  readonly #exchanged: boolean;
  #count = 0;

  constructor(sessionKey: Buffer, flags: number, from: Side) {
    const key = sealingKey(sessionKey, from, flags);
    this.#signKey = signingKey(sessionKey, from);
    this.#cipher = new Rc4(key);
    this.#exchanged = has(flags, flag.keyExchange);
    key.fill(0);
  }

  /** `into`: where the sealed message is put, of its length. */
  seal(plain: Uint8Array, into?: Buffer): { signature: Buffer; sealed: Buffer } {
    const sealed = this.#cipher.apply(plain, into);
    return { sealed, signature: this.#sign(plain) };
  }

  /** Throws `NtlmRefused` when the message is not the next one of the peer. */
  open(signature: Uint8Array, sealed: Uint8Array): Buffer {
    const plain = this.#cipher.apply(sealed);
    const expected = this.#sign(plain);
    if (signature.length === 16 && timingSafeEqual(expected, signature)) return plain;
    plain.fill(0);
    throw new NtlmRefused('a sealed message whose signature is wrong');
  }

  /** Signature without sealing. */
  sign(message: Uint8Array): Buffer {
    return this.#sign(message);
  }

  #sign(message: Uint8Array): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(this.#count++);
    const sum = hmacMd5(this.#signKey, count, message).subarray(0, 8);
    const version = Buffer.from([1, 0, 0, 0]);
    return Buffer.concat([version, this.#exchanged ? this.#cipher.apply(sum) : sum, count]);
  }

  wipe(): void {
    this.#signKey.fill(0);
    this.#cipher.wipe();
  }
}
