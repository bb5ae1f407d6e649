import { corrupt } from './failures.ts';

/** Reads what Java's DataOutputStream wrote, from front to back. Failure `key-store.corrupt` where it ends too early. */
export class JavaBytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Where the next byte is read. */
  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Not a copy. */
  take(count: number): Buffer {
    if (!(count >= 0 && count <= this.left)) throw corrupt('it ends too early');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  short(): number {
    return this.take(2).readUInt16BE();
  }

  int(): number {
    return this.take(4).readUInt32BE();
  }

  /** A whole number that may be a time; `NaN` for one that cannot be one. */
  long(): number {
    const value = Number(this.take(8).readBigInt64BE());
    return Number.isSafeInteger(value) ? value : Number.NaN;
  }

  /** `writeUTF`: its length, and modified UTF-8. */
  text(): string {
    return fromModifiedUtf8(this.take(this.short()));
  }

  /** From `start` to here, not a copy. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.#at);
  }
}

/** UTF-8 in which each half of a surrogate pair stands by itself and U+0000 takes two bytes (JVMS 4.4.7). */
function fromModifiedUtf8(bytes: Buffer): string {
  let text = '';
  const follower = (at: number): number => {
    const byte = bytes[at] ?? 0;
    if ((byte & 0xc0) !== 0x80) throw corrupt('a name in it is no text');
    return byte & 0x3f;
  };
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    const size = byte < 0x80 ? 1 : byte >> 5 === 6 ? 2 : 3;
    if (size === 3 && byte >> 4 !== 14) throw corrupt('a name in it is no text');
    const first = size === 1 ? byte : size === 2 ? byte & 0x1f : byte & 0x0f;
    let unit = first;
    for (let next = 1; next < size; next += 1) unit = (unit << 6) | follower(at + next);
    text += String.fromCharCode(unit);
    at += size;
  }
  return text;
}

/** What `JavaBytes.text` reads. */
export function javaText(text: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0 && unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.concat([javaShort(bytes.length), Buffer.from(bytes)]);
}

function javaShort(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function javaInt(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function javaLong(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(Math.trunc(value)));
  return bytes;
}
