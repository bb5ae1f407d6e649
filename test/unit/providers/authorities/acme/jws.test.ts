import { createHmac, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { decodeHmacKey } from '../../../../../electron/providers/authorities/acme/external-account.ts';
import {
  externalBinding,
  jwkOf,
  signedBody,
  thumbprint,
} from '../../../../../electron/providers/authorities/acme/jws.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = jwkOf(privateKey);
const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());

test('a request is signed with ES256 over its protected part and payload', () => {
  const body = signedBody({ key: privateKey, jwk, kid: 'https://ca/acct/1' }, 'https://ca/x', 'n0', { a: 1 });
  const jws = JSON.parse(body) as Record<string, string>;
  expect(read(jws.protected ?? '')).toEqual({
    alg: 'ES256',
    nonce: 'n0',
    url: 'https://ca/x',
    kid: 'https://ca/acct/1',
  });
  const signature = Buffer.from(jws.signature ?? '', 'base64url');
  expect(signature).toHaveLength(64);
  const data = Buffer.from(`${jws.protected}.${jws.payload}`);
  const key = { key: createPublicKey(privateKey as never), dsaEncoding: 'ieee-p1363' as const };
  expect(verify('sha256', data, key, signature)).toBe(true);
});

test('before there is an account the public key itself is sent, never the private one', () => {
  const jws = JSON.parse(signedBody({ key: privateKey, jwk, kid: null }, 'https://ca/x', 'n0', null)) as {
    protected: string;
    payload: string;
  };
  expect(jws.payload).toBe('');
  expect(Object.keys(read(jws.protected).jwk).sort()).toEqual(['crv', 'kty', 'x', 'y']);
});

test('the thumbprint is that of RFC 7638 for the EC key of RFC 7517', () => {
  // computed with openssl and jq from {"crv":"P-256","kty":"EC","x":…,"y":…}
  const known = {
    crv: 'P-256',
    kty: 'EC' as const,
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  };
  expect(thumbprint(known)).toBe('cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s');
});

test('an external binding is a MAC over the account key, without a nonce', () => {
  const bound = externalBinding(jwk, 'https://ca/new', 'kid-1', Buffer.from('secret')) as Record<
    string,
    string
  >;
  expect(read(bound.protected ?? '')).toEqual({ alg: 'HS256', kid: 'kid-1', url: 'https://ca/new' });
  expect(read(bound.payload ?? '')).toEqual(jwk);
  const mac = createHmac('sha256', 'secret')
    .update(`${bound.protected}.${bound.payload}`)
    .digest('base64url');
  expect(bound.signature).toBe(mac);
});

test('an HMAC key is read from base64 and base64url, padded, unpadded and broken over lines', () => {
  const bytes = Buffer.from('fbff3e7f00aa55fb', 'hex');
  const standard = bytes.toString('base64');
  const url = bytes.toString('base64url');
  expect(standard).not.toBe(url);
  for (const text of [standard, url, `${standard.slice(0, 5)}\n ${standard.slice(5)}\n`, `${url}=`])
    expect(decodeHmacKey(text)).toEqual(bytes);
});

test.each(['', '   ', 'a', 'not base64!', 'abcde'])(
  '"%s" is no HMAC key, and the sentence does not repeat it',
  (text) => {
    const fails = () => decodeHmacKey(text);
    expect(fails).toThrow(expect.objectContaining({ code: 'acme.eab-key-unreadable' }));
    if (text.trim().length > 3) expect(fails).not.toThrow(text);
  },
);
