import { describe, expect, test } from 'vitest';
import { chainEnd } from '../../../electron/pki/chain-end.ts';
import { makeCa, makeLeaf } from '../../make/certificates.ts';

const root = makeCa({ commonName: 'Root' });
const stranger = makeCa({ commonName: 'Stranger' });
const intermediate = makeCa({ commonName: 'Intermediate', signedBy: root });
const leaf = makeLeaf(intermediate, { names: ['a.test'] });

describe('where a chain ends', () => {
  test('is proved by the signature of a root', () => {
    expect(chainEnd(leaf.certPem + intermediate.certPem, [stranger.certPem, root.certPem])).toEqual({
      end: 'root',
      sentence: 'The chain is complete: it ends below the root CN=Root.',
    });
  });

  test('is not proved by a root with the same name and another key', () => {
    const impostor = makeCa({ commonName: 'Root' });
    expect(chainEnd(leaf.certPem + intermediate.certPem, [impostor.certPem])).toMatchObject({
      end: 'unknown',
      sentence: expect.stringContaining('it ends below CN=Root, which is not among the roots known here'),
    });
  });

  // diafygi/acme-tiny#24, opnsense/plugins#2138
  test('a leaf alone below an intermediate is not complete, whatever root is known', () => {
    const { end, sentence } = chainEnd(leaf.certPem, [root.certPem]);
    expect(end).toBe('alone');
    expect(sentence).toContain('sent the certificate alone, and its issuer CN=Intermediate is not among');
    expect(sentence).not.toContain('is complete');
  });

  test('a leaf alone below a known root is complete', () => {
    const direct = makeLeaf(root, { names: ['a.test'] });
    expect(chainEnd(direct.certPem, [root.certPem])).toMatchObject({ end: 'root' });
  });

  // Infisical/infisical#6918: the cross-signed root at the end of the chain was left out
  test('is proved by a root that the chain holds cross-signed, and not without it', () => {
    const newRoot = makeCa({ commonName: 'New root' });
    const cross = makeCa({ commonName: 'New root', signedBy: stranger, keyOf: newRoot });
    const lower = makeCa({ commonName: 'Lower', signedBy: newRoot });
    const one = makeLeaf(lower, { names: ['a.test'] });
    const whole = one.certPem + lower.certPem + cross.certPem;
    expect(chainEnd(whole, [newRoot.certPem])).toMatchObject({ end: 'root' });
    expect(chainEnd(whole, [stranger.certPem])).toMatchObject({ end: 'root' });
    expect(chainEnd(one.certPem + lower.certPem, [stranger.certPem])).toMatchObject({ end: 'unknown' });
  });

  test('an unreadable root among the known ones is passed over', () => {
    const broken = Buffer.concat([Buffer.from([0x30, 0x03, 1, 1, 1]), Buffer.from('CN')]);
    const pem = `-----BEGIN CERTIFICATE-----\n${broken.toString('base64')}\n-----END CERTIFICATE-----\n`;
    expect(chainEnd(leaf.certPem + intermediate.certPem, [pem, root.certPem])).toMatchObject({ end: 'root' });
  });
});
