import { describe, expect, test } from 'vitest';
import {
  children,
  expectSound,
  readDer,
  readFirst,
  readOid,
  readText,
  readTime,
  tags,
} from '../../../electron/pki/der.ts';
import { element, integer, namedBits, oid, sequence, setOf, time } from '../../../electron/pki/write-der.ts';
import { failureOf } from './failure-of.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('a length in more bytes than it takes is no DER: whoever writes it anew gets another fingerprint', () => {
  const padded = (start: string): Buffer => Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(300)]);
  for (const start of ['308101', '30820001', '3082007f', '3083000080'])
    expect(failureOf(() => readFirst(padded(start))).code).toBe('der.unreadable');
  expect(readFirst(padded('308180')).contents).toHaveLength(128);
  expect(readFirst(padded('30820100')).contents).toHaveLength(256);
});

test('an element that is kept unread is DER all the way down, and not too far down', () => {
  const good = sequence(oid('1.2.3'), sequence(integer(1), Buffer.of(5, 0)));
  expect(expectSound(readDer(good)).whole).toEqual(good);
  for (const bad of ['30060601010584', '3003058100', '30053003058100', `${'3080'.repeat(3)}`])
    expect(failureOf(() => expectSound(readDer(Buffer.from(bad, 'hex')))).code).toBe('der.unreadable');
  let deep: Buffer = sequence();
  for (let level = 0; level < 12; level += 1) deep = sequence(deep);
  expect(failureOf(() => expectSound(readDer(deep))).code).toBe('der.unreadable');
});

describe('writing DER', () => {
  test('an integer has the fewest bytes that keep it positive', () => {
    expect(hex(integer(0))).toBe('020100');
    expect(hex(integer(127))).toBe('02017f');
    expect(hex(integer(128))).toBe('02020080');
    expect(hex(integer(65537))).toBe('0203010001');
    expect(hex(integer(Buffer.from('0000ff', 'hex')))).toBe('020200ff');
    expect(hex(integer(Buffer.alloc(0)))).toBe('020100');
    expect(hex(integer(Buffer.from('0000', 'hex')))).toBe('020100');
  });

  test('lengths of 128 and more take the long form', () => {
    expect(hex(element(4, Buffer.alloc(127)).subarray(0, 2))).toBe('047f');
    expect(hex(element(4, Buffer.alloc(128)).subarray(0, 3))).toBe('048180');
    expect(hex(element(4, Buffer.alloc(65536)).subarray(0, 5))).toBe('0483010000');
  });

  test('object identifiers come back as they went in', () => {
    expect(hex(oid('1.2.840.113549.1.1.11'))).toBe('06092a864886f70d01010b');
    for (const id of ['2.5.29.17', '1.3.6.1.5.5.7.3.1', '0.9.2342.19200300.100.1.25', '2.999.3']) {
      expect(readOid(readDer(oid(id)))).toBe(id);
    }
  });

  test('named bits leave trailing zeros out', () => {
    expect(hex(namedBits(0))).toBe('03020780');
    expect(hex(namedBits(0, 2))).toBe('030205a0');
    expect(hex(namedBits(5, 6))).toBe('03020106');
    expect(hex(namedBits(8))).toBe('0303070080');
    expect(hex(namedBits())).toBe('030100');
  });

  test('a set is in the order of its encodings', () => {
    expect(hex(setOf(integer(9), integer(1)))).toBe('3106020101020109');
  });

  test('times are UTCTime until 2049 and GeneralizedTime from 2050 on', () => {
    expect(time(Date.UTC(2049, 11, 31, 23, 59, 59, 999)).toString('latin1', 2)).toBe('491231235959Z');
    expect(time(Date.UTC(2050, 0, 1)).toString('latin1', 2)).toBe('20500101000000Z');
    expect(time(Date.UTC(1949, 11, 31)).toString('latin1', 2)).toBe('19491231000000Z');
    expect(time(Date.UTC(1950, 0, 1))[0]).toBe(tags.utcTime);
  });
});

describe('reading DER', () => {
  test('times come back to the second', () => {
    for (const at of [
      Date.UTC(1950, 0, 1),
      Date.UTC(2026, 1, 28, 1, 2, 3),
      Date.UTC(9999, 11, 31, 23, 59, 59),
    ]) {
      expect(readTime(readDer(time(at)))).toBe(at);
    }
  });

  test('older forms of times are understood', () => {
    const utc = (text: string) => readTime(readDer(element(tags.utcTime, Buffer.from(text))));
    expect(utc('2601020304Z')).toBe(Date.UTC(2026, 0, 2, 3, 4));
    expect(utc('260102030405+0100')).toBe(Date.UTC(2026, 0, 2, 2, 4, 5));
    expect(utc('260102030405-0130')).toBe(Date.UTC(2026, 0, 2, 4, 34, 5));
  });

  test.each(['260230000000Z', '261301000000Z', '260101240000Z', '20260101000000Z', '260101000000', 'soon'])(
    'the time %s is refused',
    (text) => {
      const der = readDer(element(tags.utcTime, Buffer.from(text)));
      expect(failureOf(() => readTime(der)).code).toBe('der.unreadable');
    },
  );

  test.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['an indefinite length', '30800000'],
    ['contents that are cut off', '300a0201'],
    ['a length that is cut off', '3082'],
    ['a length of five bytes', '30850000000001'],
    ['a length beyond every file', '3084ffffffff'],
    ['a high tag number', '1f8100'],
    ['something after the end', '050000'],
  ])('%s is refused', (_name, bytes) => {
    expect(failureOf(() => readDer(Buffer.from(bytes, 'hex'))).code).toBe('der.unreadable');
  });

  test('object identifiers that are empty, cut off or absurd are refused', () => {
    for (const contents of ['', '2a86', `2a${'ff'.repeat(20)}01`]) {
      const der = readDer(element(tags.oid, Buffer.from(contents, 'hex')));
      expect(failureOf(() => readOid(der)).code).toBe('der.unreadable');
    }
  });

  test('the first element is read where more follows', () => {
    const both = Buffer.concat([sequence(integer(1)), integer(2)]);
    expect(hex(readFirst(both).whole)).toBe('3003020101');
    expect(children(readFirst(both)).map(({ tag }) => tag)).toEqual([tags.integer]);
  });

  test('every string type of X.520 becomes text', () => {
    const read = (tag: number, bytes: Buffer) => readText(readDer(element(tag, bytes)));
    expect(read(tags.utf8, Buffer.from('Zürich'))).toBe('Zürich');
    expect(read(tags.teletex, Buffer.from('Zürich', 'latin1'))).toBe('Zürich');
    expect(read(tags.bmp, Buffer.from('005a00fc', 'hex'))).toBe('Zü');
    expect(read(tags.bmp, Buffer.from('005a00', 'hex'))).toBe('Z');
    expect(read(tags.universal, Buffer.from('0001f60000110000', 'hex'))).toBe('😀\ufffd');
  });
});
