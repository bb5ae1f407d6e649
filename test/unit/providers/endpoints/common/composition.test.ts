import { describe, expect, it } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { certificatesOf } from '../../../../../electron/pki/pem.ts';
import {
  compose,
  compositionWarnings,
  readComposition,
} from '../../../../../electron/providers/endpoints/common/composition.ts';

const ca = makeCa();
const old = makeLeaf(ca, { names: ['a.example'], intermediate: true });
const fresh = makeLeaf(ca, { names: ['a.example'], intermediate: true });
const [leaf = '', intermediate = ''] = certificatesOf(fresh.chainPem);
const [oldLeaf = '', oldIntermediate = ''] = certificatesOf(old.chainPem);
const dh = '-----BEGIN DH PARAMETERS-----\nMEYCQQ==\n-----END DH PARAMETERS-----\n';

const renewed = (text: string) =>
  compose(readComposition(text), [leaf, intermediate], Buffer.from(fresh.keyPem))
    .map((piece) => (Buffer.isBuffer(piece) ? piece.toString() : '?'))
    .join('');

describe('the composition of a PEM file', () => {
  it.each([
    ['chain, key', old.chainPem + old.keyPem, fresh.chainPem + fresh.keyPem],
    ['key, chain', old.keyPem + old.chainPem, fresh.keyPem + fresh.chainPem],
    ['leaf, key, chain', oldLeaf + old.keyPem + oldIntermediate, leaf + fresh.keyPem + intermediate],
    ['chain alone', old.chainPem, fresh.chainPem],
    ['key alone', old.keyPem, fresh.keyPem],
    ['leaf alone: gets its chain', oldLeaf, fresh.chainPem],
    ['a root: left out', old.chainPem + ca.certPem, fresh.chainPem],
    ['DH parameters: kept in place', old.keyPem + dh + old.chainPem, fresh.keyPem + dh + fresh.chainPem],
    [
      'parameters of the old key: go with it',
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${old.keyPem}`,
      fresh.keyPem,
    ],
    ['comments and CR LF: go', `# mine\r\n${old.chainPem.replaceAll('\n', '\r\n')}`, fresh.chainPem],
  ])('is kept: %s', (_name, text, expected) => {
    expect(renewed(text)).toBe(expected);
  });

  it('gives the same when it is renewed again', () => {
    const once = renewed(oldLeaf + old.keyPem + oldIntermediate + dh);
    expect(renewed(once)).toBe(once);
  });

  it('knows encrypted keys of both kinds', () => {
    const pkcs8 = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n';
    const old1421 =
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMAA=\n-----END RSA PRIVATE KEY-----\n';
    expect(readComposition(pkcs8).keyIsEncrypted).toBe(true);
    expect(readComposition(old1421).keyIsEncrypted).toBe(true);
    expect(readComposition(old.keyPem).keyIsEncrypted).toBe(false);
  });

  it('holds no content of a private key', () => {
    expect(JSON.stringify(readComposition(old.keyPem))).not.toContain(old.keyPem.split('\n')[1]);
  });

  it('warns of what a new file will not have', () => {
    const warn = (text: string) => compositionWarnings('/x', readComposition(text)).join(' ');
    expect(warn(`# hello\n${old.chainPem}`)).toContain('Text outside');
    expect(warn(oldLeaf)).toContain('without its chain');
    expect(warn(old.chainPem + ca.certPem)).toContain('root certificate');
    expect(warn(old.keyPem + old.keyPem)).toContain('more than one private key');
    expect(warn(old.chainPem + old.keyPem)).toBe('');
  });
});
