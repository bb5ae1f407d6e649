import { tags, unreadable } from './der.ts';
import { element } from './write-der.ts';

/**
 * Some programs write PKCS#12 in BER: lengths that are not known at the start, and strings in pieces. This gives the
 * same elements in DER, as far as tags and lengths go; what is inside a primitive string is left as it is.
 * Failure `der.unreadable`.
 */
export function derOfBer(bytes: Uint8Array): Buffer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endIfDer(buffer, 0, buffer.length, deepest);
  return end === null ? readElement(buffer, 0, deepest).der : buffer.subarray(0, end);
}

/** Real files have about 15 levels. */
const deepest = 40;
const constructed = 0x20;
const constructedOctets = tags.octetString | constructed;

/**
 * Where the element at `start` ends when it is DER already, as far as tags and lengths go; null: it is not. Most files are, and
 * megabytes of them are looked over in a millisecond or two.
 */
function endIfDer(buffer: Buffer, start: number, limit: number, depth: number): number | null {
  const tag = buffer[start] ?? 0;
  const first = buffer[start + 1];
  if (depth === 0 || first === undefined || (tag & 0x1f) === 0x1f || tag === constructedOctets) return null;
  const extra = first < 0x80 ? 0 : first & 0x7f;
  const inside = start + 2 + extra;
  if (first === 0x80 || extra > 4 || inside > limit) return null;
  const size = extra === 0 ? first : buffer.readUIntBE(start + 2, extra);
  const end = inside + size;
  if (end > limit || (extra > 0 && (size < 0x80 || buffer[start + 2] === 0))) return null;
  if ((tag & constructed) === 0) return end;
  for (let at = inside; at < end; ) {
    const next = endIfDer(buffer, at, end, depth - 1);
    if (next === null) return null;
    at = next;
  }
  return end;
}

interface Read {
  der: Buffer;
  /** Where the next element starts. */
  end: number;
}

function readElement(buffer: Buffer, start: number, depth: number): Read {
  if (depth === 0) throw unreadable('it is nested too deeply');
  const tag = buffer[start];
  const first = buffer[start + 1];
  if (tag === undefined || first === undefined) throw unreadable('it ends too early');
  if ((tag & 0x1f) === 0x1f) throw unreadable('it has a tag number above 30');
  if (first === 0x80) return readUntilEnd(buffer, start, tag, depth);
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (extra > 4 || start + 2 + extra > buffer.length) throw unreadable('it has a length that cannot be');
  const size = extra === 0 ? first : buffer.readUIntBE(start + 2, extra);
  const inside = start + 2 + extra;
  const end = inside + size;
  if (end > buffer.length) throw unreadable('it ends too early');
  if ((tag & constructed) === 0) return { der: element(tag, buffer.subarray(inside, end)), end };
  const parts: Buffer[] = [];
  for (let at = inside; at < end; ) {
    const part = readElement(buffer.subarray(0, end), at, depth - 1);
    parts.push(part.der);
    at = part.end;
  }
  return { der: joined(tag, parts), end };
}

function readUntilEnd(buffer: Buffer, start: number, tag: number, depth: number): Read {
  if ((tag & constructed) === 0) throw unreadable('a string has no length');
  const parts: Buffer[] = [];
  for (let at = start + 2; ; ) {
    if (buffer[at] === 0 && buffer[at + 1] === 0) return { der: joined(tag, parts), end: at + 2 };
    const part = readElement(buffer, at, depth - 1);
    parts.push(part.der);
    at = part.end;
  }
}

/** The pieces of an OCTET STRING become one; every other element keeps its parts. */
function joined(tag: number, parts: readonly Buffer[]): Buffer {
  if (tag !== constructedOctets) return element(tag, ...parts);
  return element(tags.octetString, ...parts.map(contentsOf));
}

/** Contents of one finished element. */
function contentsOf(der: Buffer): Buffer {
  const first = der[1] ?? 0;
  return der.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}
