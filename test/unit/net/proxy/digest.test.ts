import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../../../electron/net/proxy/challenges.ts';
import { bestDigest, digestAnswer } from '../../../../electron/net/proxy/digest.ts';

function answer(
  challenge: string,
  more: Partial<Parameters<typeof digestAnswer>[0]> = {},
): Map<string, string> {
  const read = bestDigest(parseChallenges([challenge])) ?? expect.fail('not a Digest');
  const value = digestAnswer({
    challenge: read,
    method: 'GET',
    uri: '/dir/index.html',
    user: 'Mufasa',
    password: Buffer.from('Circle of Life'),
    count: 1,
    clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    ...more,
  });
  const parts = [...value.matchAll(/([a-z]+)=("(?:[^"\\]|\\.)*"|[^",]+)/g)];
  return new Map(parts.map(([, name = '', text = '']) => [name, text]));
}

describe('Digest', () => {
  const realm = 'realm="http-auth@example.org"';
  const nonce = 'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"';
  const opaque = 'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';

  test.each([
    ['MD5', '"8ca523f5e9506fed4657c9700eebdbec"'],
    ['SHA-256', '"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"'],
  ])('answers as in RFC 7616, 3.9.1: %s', (algorithm, response) => {
    const fields = answer(
      `Digest ${realm}, qop="auth, auth-int", algorithm=${algorithm}, ${nonce}, ${opaque}`,
    );
    expect(fields.get('response')).toBe(response);
    expect([fields.get('qop'), fields.get('nc'), fields.get('algorithm')]).toEqual([
      'auth',
      '00000001',
      algorithm,
    ]);
  });

  test('answers as in RFC 2617, 3.5', () => {
    const fields = answer(
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
      { password: Buffer.from('Circle Of Life'), clientNonce: '0a4f113b' },
    );
    expect(fields.get('response')).toBe('"6629fae49393a05397450978507c4ef1"');
    expect(fields.has('algorithm')).toBe(false);
  });

  test('leaves out what was not asked for, and quotes what needs it', () => {
    const fields = answer('Digest realm="a \\"b\\"", nonce="n"', { user: 'x"\\y' });
    expect([fields.has('qop'), fields.has('nc'), fields.has('cnonce'), fields.has('opaque')]).toEqual(
      Array(4).fill(false),
    );
    expect([fields.get('username'), fields.get('realm')]).toEqual(['"x\\"\\\\y"', '"a \\"b\\""']);
  });

  test('is not answered when it asks for what we do not know', () => {
    for (const request of ['algorithm=SHA-512-256', 'qop="auth-int"', 'algorithm=token'])
      expect(bestDigest(parseChallenges([`Digest ${nonce}, ${request}`]))).toBeNull();
    expect(bestDigest(parseChallenges(['Digest realm="without nonce"']))).toBeNull();
  });
});
