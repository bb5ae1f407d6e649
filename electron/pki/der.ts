import { Failure } from '#shared/failure.ts';

/**
 * DER (X.690) in the small, as much of it as certificates, PKCS#10 and keys need: its tags, and reading. Every fault is a
 * Failure `der.unreadable`.
 */

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universal: 0x1c,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of context-specific tag `n` (0 to 30). */
export function contextTag(n: number, constructed: boolean): number {
  return 0x80 | (constructed ? 0x20 : 0) | n;
}

export interface Der {
  /** Identifier octet: class, constructed bit and number. */
  tag: number;
  contents: Buffer;
  /** Identifier, length and contents. */
  whole: Buffer;
}

export function unreadable(reason: string): Failure {
  return new Failure('der.unreadable', `The data is not valid DER: ${reason}.`);
}

/** The element at the start of `bytes`; what follows it is left alone. */
export function readFirst(bytes: Uint8Array): Der {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return readAt(buffer, 0);
}

/** The element that begins at this byte. */
function readAt(buffer: Buffer, at: number): Der {
  const tag = buffer[at];
  const first = buffer[at + 1];
  if (tag === undefined || first === undefined) throw unreadable('it ends too early');
  if ((tag & 0x1f) === 0x1f) throw unreadable('it has a tag number above 30');
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || extra > 4) throw unreadable('it has a length that DER does not allow');
  if (buffer.length < at + 2 + extra) throw unreadable('it ends too early');
  const size = extra === 0 ? first : buffer.readUIntBE(at + 2, extra);
  // another program would write it shorter, and see another fingerprint
  if (extra > 0 && (size < 0x80 || buffer[at + 2] === 0))
    throw unreadable('it has a length that DER does not allow');
  const start = at + 2 + extra;
  if (size > buffer.length - start) throw unreadable('it ends too early');
  return { tag, contents: buffer.subarray(start, start + size), whole: buffer.subarray(at, start + size) };
}

/** Exactly one element with the given tag (any, when left out) and nothing after it. */
export function readDer(bytes: Uint8Array, tag?: number): Der {
  const der = readFirst(bytes);
  if (der.whole.length !== bytes.length) throw unreadable('there is something after its end');
  return tag === undefined ? der : expect(der, tag);
}

/** The same element when it has this tag. */
export function expect(der: Der | undefined, tag: number): Der {
  if (der === undefined) throw unreadable('an element is missing');
  if (der.tag !== tag) throw unreadable(`tag ${tag.toString(16)} expected, ${der.tag.toString(16)} found`);
  return der;
}

/** Far more than anything has that is read here; without a limit, a file of nothing but empty elements takes all memory. */
const mostChildren = 100_000;

/** The elements inside a constructed one. */
export function children(der: Der): Der[] {
  const found: Der[] = [];
  for (const next of elementsIn(der.contents)) found.push(next);
  return found;
}

/** One element after the other, each read when it is asked for. */
export function* elementsIn(contents: Buffer): Generator<Der, void> {
  let count = 0;
  for (let at = 0; at < contents.length; ) {
    count += 1;
    if (count > mostChildren) throw unreadable('it has too many elements');
    const next = readAt(contents, at);
    yield next;
    at += next.whole.length;
  }
}

/** Throws when something inside is not DER, at whatever depth: for elements that are kept as they are, unread. */
export function expectSound(der: Der, deepest = 10): Der {
  if (deepest === 0) throw unreadable('it is nested too deeply');
  if ((der.tag & 0x20) !== 0) for (const part of children(der)) expectSound(part, deepest - 1);
  return der;
}

export const readSequence = (der: Der | undefined): Der[] => children(expect(der, tags.sequence));

/** Takes the first element off `parts` when it has this tag. */
export function takeIf(parts: Der[], tag: number): Der | undefined {
  return parts[0]?.tag === tag ? parts.shift() : undefined;
}

export function readOid(der: Der | undefined): string {
  const { contents } = expect(der, tags.oid);
  const numbers: number[] = [];
  let value = 0;
  for (const octet of contents) {
    value = value * 128 + (octet & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) throw unreadable('an object identifier has too large a number');
    if ((octet & 0x80) !== 0) continue;
    numbers.push(value);
    value = 0;
  }
  const [head, ...tail] = numbers;
  if (head === undefined || ((contents.at(-1) ?? 0) & 0x80) !== 0) {
    throw unreadable('an object identifier is cut off');
  }
  const first = Math.min(Math.floor(head / 40), 2);
  return [first, head - first * 40, ...tail].join('.');
}

/** Contents of an INTEGER as they are: two's complement, big-endian, at least one byte. */
export function readInteger(der: Der | undefined): Buffer {
  const { contents } = expect(der, tags.integer);
  if (contents.length === 0) throw unreadable('an integer is empty');
  return contents;
}

export function readBoolean(der: Der | undefined): boolean {
  const { contents } = expect(der, tags.boolean);
  if (contents.length !== 1) throw unreadable('a boolean is not one byte');
  return contents[0] !== 0;
}

/** Bytes of a BIT STRING of whole bytes: keys and signatures. */
export function readBitString(der: Der | undefined): Buffer {
  const { contents } = expect(der, tags.bitString);
  if (contents[0] !== 0) throw unreadable('a bit string is not of whole bytes');
  return contents.subarray(1);
}

/** Any of the string types of X.520; unknown ones as Latin-1. */
export function readText(der: Der): string {
  const { contents } = der;
  switch (der.tag) {
    case tags.utf8:
      return contents.toString('utf8');
    case tags.bmp:
      return Buffer.from(contents.subarray(0, contents.length & ~1))
        .swap16()
        .toString('utf16le');
    case tags.universal: {
      let text = '';
      for (let at = 0; at + 4 <= contents.length; at += 4) {
        const point = contents.readUInt32BE(at);
        text += String.fromCodePoint(point > 0x10ffff ? 0xfffd : point);
      }
      return text;
    }
    default:
      return contents.toString('latin1');
  }
}

const timePattern = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(?:Z|([+-])(\d\d)(\d\d))$/;

/** Epoch milliseconds of a UTCTime or GeneralizedTime; also the older forms with an offset or without seconds. */
export function readTime(der: Der | undefined): number {
  if (der?.tag !== tags.utcTime && der?.tag !== tags.generalizedTime) throw unreadable('a time is missing');
  const found = timePattern.exec(der.contents.toString('latin1'));
  const [, years = '', month, day, hour, minute, second, sign, offsetHours, offsetMinutes] = found ?? [];
  if (years.length !== (der.tag === tags.utcTime ? 2 : 4)) throw unreadable('a time is malformed');
  const year =
    years.length === 4 ? Number(years) : Number(years) < 50 ? 2000 + Number(years) : 1900 + Number(years);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(month) - 1, Number(day));
  const wellFormed = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!wellFormed || Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) {
    throw unreadable('a time does not exist');
  }
  date.setUTCHours(Number(hour), Number(minute), Number(second ?? 0));
  const offset = sign === undefined ? 0 : Number(offsetHours) * 60 + Number(offsetMinutes);
  return date.getTime() - (sign === '-' ? -offset : offset) * 60_000;
}
