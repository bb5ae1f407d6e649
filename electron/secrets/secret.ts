import { inspect } from 'node:util';

const label = '[secret]';
/** What every wiped secret holds, and no other. */
const wiped = Buffer.alloc(0);

/**
 * A value that will not print: `String()`, JSON, `console.log` and string templates give `[secret]`.
 * Holds its own copy of the bytes; `wipe` overwrites them. Take the value out as late as possible.
 */
export class Secret {
  #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Copies `value`; text is taken as UTF-8. */
  static of(value: string | Uint8Array): Secret {
    return new Secret(Buffer.from(value as string));
  }

  /** Takes `bytes` over instead of copying: nobody else may keep them. */
  static take(bytes: Buffer): Secret {
    return new Secret(bytes);
  }

  /** The live bytes, not a copy: do not keep and do not change them. Throws after `wipe`. */
  bytes(): Buffer {
    if (this.#bytes === wiped) throw new Error('the secret was wiped');
    return this.#bytes;
  }

  /** As UTF-8 text. The string cannot be wiped: only for interfaces that take nothing else. */
  text(): string {
    return this.bytes().toString('utf8');
  }

  /** Another one with the same bytes, to be wiped by whoever gets it. */
  copy(): Secret {
    return Secret.of(this.bytes());
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#bytes = wiped;
  }

  toString(): string {
    return label;
  }
  toJSON(): string {
    return label;
  }
  [inspect.custom](): string {
    return label;
  }
}
