import { Failure } from '#shared/failure.ts';

/** DER (X.690) in the small: as much of it as certificates, PKCS#10 and keys need. */

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

// ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** One element: identifier octet, length, contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const size = contents.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(size)]), ...contents]);
}

function lengthOctets(size: number): number[] {
  if (size < 0x80) return [size];
  const octets: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(tags.sequence, ...parts);

/** SET OF: elements in ascending order of their encoding, as DER demands. */
export function setOf(...parts: readonly Uint8Array[]): Buffer {
  return element(tags.set, ...[...parts].sort(Buffer.compare));
}

/** A small number, or the big-endian bytes of an unsigned one. */
export function integer(value: number | Uint8Array): Buffer {
  let bytes = typeof value === 'number' ? Buffer.from(lengthOctetsOf(value)) : Buffer.from(value);
  let zeros = 0;
  while (zeros < bytes.length - 1 && bytes[zeros] === 0) zeros += 1;
  bytes = bytes.subarray(zeros);
  const needsSign = bytes.length === 0 || ((bytes[0] ?? 0) & 0x80) !== 0;
  return element(tags.integer, needsSign ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

function lengthOctetsOf(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned integer: ${value}`);
  const octets: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return octets;
}

export const boolean = (value: boolean): Buffer => element(tags.boolean, Buffer.of(value ? 0xff : 0));
export const nothing = (): Buffer => element(tags.null);
export const octetString = (bytes: Uint8Array): Buffer => element(tags.octetString, bytes);
export const bitString = (bytes: Uint8Array, unusedBits = 0): Buffer =>
  element(tags.bitString, Buffer.of(unusedBits), bytes);
export const utf8 = (text: string): Buffer => element(tags.utf8, Buffer.from(text, 'utf8'));
export const explicit = (n: number, ...inner: readonly Uint8Array[]): Buffer =>
  element(contextTag(n, true), ...inner);
/** IMPLICIT tag: `contents` without its own identifier and length. */
export const implicit = (n: number, contents: Uint8Array, constructed = false): Buffer =>
  element(contextTag(n, constructed), contents);

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(tags.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const octets = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift(0x80 | (rest % 128));
  }
  return octets;
}

/** Named bits (KeyUsage): bit 0 is the most significant one; trailing zero bits are left out, as DER demands. */
export function namedBits(...bits: readonly number[]): Buffer {
  const highest = Math.max(-1, ...bits);
  const bytes = Buffer.alloc(Math.ceil((highest + 1) / 8));
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return bitString(bytes, highest < 0 ? 0 : 7 - (highest & 7));
}

/** Whole seconds, UTCTime until 2049 and GeneralizedTime from then on (RFC 5280 4.1.2.5). */
export function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? element(tags.utcTime, Buffer.from(`${digits.slice(2)}Z`, 'latin1'))
    : element(tags.generalizedTime, Buffer.from(`${digits}Z`, 'latin1'));
}

// ── reading: every fault is a Failure `der.unreadable` ──────────────────────────────────────────────────────────

export interface Der {
  /** Identifier octet: class, constructed bit and number. */
  tag: number;
  contents: Buffer;
  /** Identifier, length and contents. */
  whole: Buffer;
}

export function unreadable(reason: string): Failure {
  return new Failure('der.unreadable', `The data is not valid DER: ${reason}.`, { retry: 'never' });
}

/** The element at the start of `bytes`; what follows it is left alone. */
export function readFirst(bytes: Uint8Array): Der {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = buffer[0];
  const first = buffer[1];
  if (tag === undefined || first === undefined) throw unreadable('it ends too early');
  if ((tag & 0x1f) === 0x1f) throw unreadable('it has a tag number above 30');
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || extra > 4) throw unreadable('it has a length that DER does not allow');
  if (buffer.length < 2 + extra) throw unreadable('it ends too early');
  const size = extra === 0 ? first : buffer.readUIntBE(2, extra);
  // another program would write it shorter, and see another fingerprint
  if (extra > 0 && (size < 0x80 || buffer[2] === 0))
    throw unreadable('it has a length that DER does not allow');
  const start = 2 + extra;
  if (size > buffer.length - start) throw unreadable('it ends too early');
  return { tag, contents: buffer.subarray(start, start + size), whole: buffer.subarray(0, start + size) };
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

/** The elements inside a constructed one. */
export function children(der: Der): Der[] {
  const found: Der[] = [];
  for (let rest = der.contents; rest.length > 0; ) {
    const next = readFirst(rest);
    found.push(next);
    rest = rest.subarray(next.whole.length);
  }
  return found;
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
