import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { children, type Der, readFirst, readSequence } from '../../../electron/pki/der.ts';
import { element, integer, sequence } from '../../../electron/pki/write-der.ts';
import { rejectionOf } from '../../unit/pki/failure-of.ts';
import { ec, expectPair, openssl, password, prepareOpenssl, read, rsa } from './exported-pfx.ts';

prepareOpenssl();

async function exported(leaf: 'ec' | 'rsa', pass: string, ...options: string[]): Promise<Buffer> {
  const out = openssl.path(`${randomBytes(6).toString('hex')}.pfx`);
  const pair = ['-in', openssl.path(`${leaf}.pem`), '-inkey', openssl.path(`${leaf}.key`)];
  const chain = ['-certfile', openssl.path('others.pem'), '-name', 'agent'];
  const passFile = await openssl.file(`${randomBytes(6).toString('hex')}.txt`, `${pass}\n`);
  await openssl.must(
    'pkcs12',
    '-export',
    ...pair,
    ...chain,
    '-out',
    out,
    '-passout',
    `file:${passFile}`,
    ...options,
  );
  return readFile(out);
}

describe.skipIf(!have('openssl'))('a PFX file written by openssl', () => {
  test.each([
    ['as it does by itself (AES-256, SHA-256)', []],
    ['in the old way (RC2-40 and 3DES, SHA-1)', ['-legacy']],
    ['with RC2-40 for the key too', ['-legacy', '-keypbe', 'PBE-SHA1-RC2-40', '-certpbe', 'PBE-SHA1-RC2-40']],
    ['with RC2-128', ['-legacy', '-keypbe', 'PBE-SHA1-RC2-128', '-certpbe', 'PBE-SHA1-RC2-128']],
    ['with 3DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['with 3DES of two keys', ['-keypbe', 'PBE-SHA1-2DES', '-certpbe', 'PBE-SHA1-2DES']],
    [
      'with 3DES and a SHA-256 MAC',
      ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha256'],
    ],
    [
      'with AES-128 and a SHA-512 MAC',
      ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-192-CBC', '-macalg', 'sha512'],
    ],
    ['with a SHA-384 MAC', ['-macalg', 'sha384']],
    ['with certificates that are not encrypted', ['-certpbe', 'NONE']],
    ['with a key that is not encrypted', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
    ['without a MAC', ['-nomac']],
    ['with 20,000 rounds', ['-iter', '20000']],
    ['with one round for the MAC', ['-nomaciter']],
  ])('%s is read, with an EC and an RSA key', async (_name, options) => {
    await expectPair(read(await exported('ec', password, ...options)), ec);
    await expectPair(read(await exported('rsa', password, ...options)), rsa);
  });

  test.each([
    ['modern', []],
    ['old', ['-legacy']],
  ])('of a %s kind is read without a password when its password is empty', async (_name, options) => {
    const file = await exported('ec', '', ...options);
    await expectPair(read(file, ''), ec);
    await expectPair(read(file, null), ec);
  });

  test.each(['pässwörd', 'пароль', '鍵🔑'])('opens with the password %s', async (text) => {
    await expectPair(read(await exported('ec', text), text), ec);
    await expectPair(read(await exported('ec', text, '-legacy'), text), ec);
  });

  test.each([
    ['modern', []],
    ['old', ['-legacy']],
    ['without MAC', ['-nomac']],
  ])('of a %s kind says when the password is wrong or missing', async (_name, options) => {
    const file = await exported('ec', password, ...options);
    const wrong = await rejectionOf(read(file, 'wrong horse'));
    expect(wrong.code).toBe('client-certificate.wrong-password');
    expect(wrong.message).toContain('does not open');
    expect(`${wrong.message}${wrong.hint}`).not.toContain('wrong horse');
    const none = await rejectionOf(read(file, null));
    expect(none).toMatchObject({ code: 'client-certificate.wrong-password' });
    expect(none.message).toContain('none was given');
  });

  test.each([
    ['certificates', []],
    ['private key', ['-certpbe', 'NONE']],
  ])(
    'without MAC says so of every wrong password, also where something seems to come out of its %s',
    async (_name, options) => {
      const file = await exported('ec', password, '-iter', '1', ...options, '-nomac');
      const codes: string[] = [];
      for (let turn = 0; turn < 800; turn += 1) codes.push(await codeOf(file, `wrong ${turn}`)); // one in 256 pads well
      expect(codes).toContain('client-certificate.wrong-password');
      expect(codes).not.toContain('client-certificate.unreadable');
    },
  );

  test('says when there is no key in it', async () => {
    const out = openssl.path('no-key.pfx');
    const certificate = openssl.path('ec.pem');
    await openssl.must(
      ...['pkcs12', '-export', '-nokeys', '-in', certificate, '-out', out],
      '-passout',
      'pass:x',
    );
    const file = await readFile(out);
    const failure = await rejectionOf(read(file, 'x'));
    expect(failure.code).toBe('client-certificate.no-key');
    expect(failure.message).toContain('CN=agent.example.org');
  });

  test('says when there is no certificate in it', async () => {
    const out = openssl.path('no-cert.pfx');
    const key = openssl.path('ec.key');
    await openssl.must(
      ...['pkcs12', '-export', '-nocerts', '-inkey', key, '-out', out],
      '-passout',
      'pass:x',
    );
    const file = await readFile(out);
    expect((await rejectionOf(read(file, 'x'))).code).toBe('client-certificate.no-certificate');
  });

  test('in BER, with open lengths and strings in pieces, is read', async () => {
    const outside = asBer(await exported('ec', password));
    const inside = asBer(await exported('ec', password, '-nomac'), true);
    for (const ber of [outside, inside]) {
      await openssl.file('ber.pfx', ber);
      await openssl.must('pkcs12', '-in', openssl.path('ber.pfx'), '-nodes', '-passin', `pass:${password}`);
      await expectPair(read(ber), ec);
    }
  });

  test('that is damaged is refused with a Failure of its own, wherever the damage is', async () => {
    const file = await exported('ec', password, '-iter', '1', '-nomaciter');
    const codes = new Set<string>();
    for (let at = 0; at < file.length; at++) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at & 7));
      codes.add(await codeOf(damaged));
    }
    for (let length = 0; length < file.length; length += 3) codes.add(await codeOf(file.subarray(0, length)));
    expect([...codes].filter((code) => !/^(read|client-certificate\.[a-z-]+)$/.test(code))).toEqual([]);
    expect(codes).toContain('client-certificate.wrong-password');
    expect(codes).toContain('client-certificate.unreadable');
  });

  test('that asks for a hundred million rounds is refused at once', async () => {
    const [version, content, mac] = readSequence(readFirst(await exported('ec', password)));
    const [digest, salt] = readSequence(mac);
    const asking = sequence(digest!.whole, salt!.whole, integer(100_000_000));
    const failure = await rejectionOf(read(sequence(version!.whole, content!.whole, asking)));
    expect(failure.code).toBe('client-certificate.unreadable');
    expect(failure.message).toContain('rounds');
  });
});

async function codeOf(bytes: Uint8Array, text = password): Promise<string> {
  try {
    await read(bytes, text);
    return 'read';
  } catch (thrown) {
    return (thrown as { code?: string }).code ?? String(thrown);
  }
}

/** The same file with open lengths and its strings in pieces; `inside`: those that are encrypted too (breaks a MAC). */
function asBer(file: Buffer, inside = false): Buffer {
  const [version, content, ...mac] = readSequence(readFirst(file));
  const [type, wrapped] = readSequence(content);
  const octets = children(wrapped as Der)[0] as Der;
  const safe = inside ? inPieces(readFirst(octets.contents)) : octets.contents;
  const rest = mac.map(({ whole }) => whole);
  return open(0x30, version!.whole, open(0x30, type!.whole, open(0xa0, pieces(0x24, safe))), ...rest);
}

const open = (tag: number, ...parts: Uint8Array[]) =>
  Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.from([0, 0])]);
const pieces = (tag: number, whole: Buffer) =>
  open(tag, element(4, whole.subarray(0, 10)), element(4, whole.subarray(10)));

/** Every `[0] IMPLICIT OCTET STRING` and the way down to it. */
function inPieces(der: Der): Buffer {
  if (der.tag === 0x80) return pieces(0xa0, der.contents);
  return (der.tag & 0x20) === 0 ? der.whole : open(der.tag, ...children(der).map(inPieces));
}
