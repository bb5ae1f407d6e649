import { contextTag, tags } from './der.ts';

/** Writing DER (X.690): elements as bytes, each with identifier and length. */

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
