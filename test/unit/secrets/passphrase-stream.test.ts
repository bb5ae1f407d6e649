import { expect, test } from 'vitest';
import {
  headerLength,
  lengthOf,
  newHeader,
  openHeader,
  openPiece,
  pieceLength,
  pieces,
  readHeader,
  sealPiece,
} from '../../../electron/secrets/passphrase-stream.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const passphrase = Secret.of('correct horse battery');
/** A thousandth of what a backup costs. */
const cheap = { log2N: 10, r: 8, p: 1 };
const make = (length: number, phrase = passphrase) => newHeader(phrase, length, cheap);

test('The header tells its length and opens with the passphrase alone', async () => {
  const { header } = await make(12_345);
  const read = readHeader(header.bytes);
  if (typeof read === 'string') throw new Error(read);
  expect(read.length).toBe(12_345);
  expect(await openHeader(passphrase, read)).not.toBeNull();
  expect(await openHeader(Secret.of('correct horse batterY'), read)).toBeNull();
});

test('A passphrase typed with composed and with single characters is the same one', async () => {
  const { header } = await make(1, Secret.of('gru\u0308ne Bru\u0308cke'));
  expect(await openHeader(Secret.of('gr\u00fcne Br\u00fccke'), header)).not.toBeNull();
});

test('Every flipped bit of the header is told from a wrong passphrase, and every cut from both', async () => {
  const { header } = await make(7);
  for (let bit = 0; bit < headerLength * 8; bit += 1) {
    const changed = Buffer.from(header.bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const read = readHeader(changed);
    const [byte, isMac] = [bit >> 3, bit >> 3 >= 68];
    if (byte < 16) expect(read).toBe('not-ours');
    else if (byte === 16) expect(['newer', 'damaged']).toContain(read);
    else if (!isMac) expect(read, `byte ${byte}`).toBe('damaged');
    else if (bit % 64 === 0)
      expect(await openHeader(passphrase, read as Exclude<typeof read, string>)).toBeNull();
  }
  for (let length = 1; length < headerLength; length += 1)
    expect(readHeader(header.bytes.subarray(0, length))).toBe('cut');
  expect(readHeader(Buffer.alloc(0))).toBe('not-ours');
  expect(readHeader(Buffer.from('SQLite format 3\0'))).toBe('not-ours');
});

test('A header that asks for more than a machine has is refused before it is tried', async () => {
  const { createHash } = await import('node:crypto');
  const { header } = await make(7);
  const greedy = Buffer.from(header.bytes);
  greedy[17] = 30;
  createHash('sha256').update(greedy.subarray(0, 60)).digest().copy(greedy, 60, 0, 8);
  expect(readHeader(greedy)).toBe('damaged');
});

test('Pieces open in their order, and none can be moved, left out, cut off or called the last', async () => {
  const length = 2 * pieceLength + 5;
  expect(pieces(length)).toBe(3);
  const { header, keys } = await make(length);
  const texts = [Buffer.alloc(pieceLength, 1), Buffer.alloc(pieceLength, 2), Buffer.alloc(5, 3)];
  const sealed = texts.map((text, index) => sealPiece(keys, header, index, text));
  expect(headerLength + sealed.reduce((sum, one) => sum + one.length, 0)).toBe(lengthOf(length));
  for (const [index, text] of texts.entries())
    for (const [from, piece] of sealed.entries()) {
      const opened = openPiece(keys, header, index, piece);
      if (from === index) expect(opened?.equals(text)).toBe(true);
      else expect(opened).toBeNull();
    }
  const shorter = { ...header, length: 2 * pieceLength }; // as if the second were the last
  expect(openPiece(keys, shorter, 1, sealed[1]!)).toBeNull();
  const [, , last] = sealed;
  for (let bit = 0; bit < last!.length * 8; bit += 1) {
    const changed = Buffer.from(last!);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(openPiece(keys, header, 2, changed)).toBeNull();
  }
  expect(openPiece(keys, header, 2, last!.subarray(0, 10))).toBeNull();
  const other = await make(length);
  expect(openPiece(other.keys, header, 0, sealed[0]!)).toBeNull();
});

test('A text without a byte still has a last piece', async () => {
  const { header, keys } = await make(0);
  expect(pieces(0)).toBe(1);
  expect(openPiece(keys, header, 0, sealPiece(keys, header, 0, Buffer.alloc(0)))).toHaveLength(0);
});

test('What another program (scrypt, HMAC and AES-256-GCM of Python) wrote opens', async () => {
  const bytes = Buffer.from(
    '74727573746b656570206261636b7570010a0801000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f' +
      '0000000000000005c33318d580429bf94abc832c8899b8c7b04a53869575d70ecfd8895693b889127eb10e397ae90de8',
    'hex',
  );
  const header = readHeader(bytes);
  if (typeof header === 'string') throw new Error(header);
  const keys = await openHeader(Secret.of('grüne Brücke'), header);
  if (keys === null) throw new Error('it is the passphrase');
  const piece = Buffer.from('f3131ed39928ea2efce41a99844bd400e9538e62e6', 'hex');
  expect(openPiece(keys, header, 0, piece)?.toString()).toBe('hello');
});

test('The same text under the same passphrase is another file each time', async () => {
  const [one, two] = [await make(5), await make(5)];
  const seal = ({ header, keys }: typeof one) => sealPiece(keys, header, 0, Buffer.from('hello'));
  expect(one.header.bytes.equals(two.header.bytes)).toBe(false);
  expect(seal(one).subarray(0, 5).equals(seal(two).subarray(0, 5))).toBe(false);
});
