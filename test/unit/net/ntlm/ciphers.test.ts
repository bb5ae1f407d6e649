import { describe, expect, test } from 'vitest';
import { md4 } from '../../../../electron/net/ntlm/md4.ts';
import { Rc4 } from '../../../../electron/net/ntlm/rc4.ts';

describe('MD4 (RFC 1320, A.5)', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  test.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    [letters, 'd79e1c308aa5bbcdeea8ed63df412da9'],
    [`${letters.toUpperCase()}${letters}0123456789`, '043f8582f241db351ce627e153e7f0e4'],
    ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
  ])('of "%s"', (text, digest) => {
    expect(md4(Buffer.from(text)).toString('hex')).toBe(digest);
  });
});

describe('RC4 (RFC 6229)', () => {
  test.each([
    ['0102030405', 0, 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405', 16, '6982944f18fc82d589c403a47a0d0919'],
    ['0102030405', 240, '28cb1132c96ce286421dcaadb8b69eae'],
    ['0102030405', 256, '1cfcf62b03eddb641d77dfcf7f8d8c93'],
    ['0102030405060708090a0b0c0d0e0f10', 0, '9ac7cc9a609d1ef7b2932899cde41b97'],
    ['0102030405060708090a0b0c0d0e0f10', 16, '5248c4959014126a6e8a84f11d1a9e1c'],
  ])('key %s at %i', (key, at, stream) => {
    const rc4 = new Rc4(Buffer.from(key, 'hex'));
    rc4.apply(Buffer.alloc(at));
    expect(rc4.apply(Buffer.alloc(16)).toString('hex')).toBe(stream);
  });
});
