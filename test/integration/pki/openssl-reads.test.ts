import { describe, expect, test } from 'vitest';
import { keyTypes } from '#shared/model/certificate.ts';
import { makeCa, makeKey, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { normalizedChainPem, orderChain } from '../../../electron/pki/chain.ts';
import { issueLeaf, issueRoot } from '../../../electron/pki/issue.ts';
import { toPem } from '../../../electron/pki/pem.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { openssl, prepareOpenssl, verify } from './openssl-verdict.ts';

prepareOpenssl();

describe.skipIf(!have('openssl'))('openssl accepts', () => {
  test.each(keyTypes)('a chain from a root and for a leaf of type %s, strictly', async (keyType) => {
    const ca = makeCa({ keyType });
    const leaf = makeLeaf(ca, { names: ['www.example.org', '10.0.0.1'], keyType, intermediate: true });
    expect(await verify(ca.certPem, leaf.chainPem, '-verify_hostname', 'www.example.org')).toMatch(/: OK\n$/);
    expect(await verify(ca.certPem, leaf.chainPem, '-verify_ip', '10.0.0.1')).toMatch(/: OK\n$/);
    expect(await verify(ca.certPem, leaf.chainPem, '-verify_hostname', 'other.example.org')).toContain(
      'mismatch',
    );
  });

  test('a shuffled chain once it was brought in order, and no chain with a gap', async () => {
    const root = makeCa();
    const upper = makeCa({ signedBy: root, commonName: 'Upper' });
    const lower = makeCa({ signedBy: upper, commonName: 'Lower' });
    const leaf = makeLeaf(lower, { names: ['www.example.org'] });
    const ordered = normalizedChainPem(upper.certPem + root.certPem + leaf.certPem + lower.certPem);
    expect(await verify(root.certPem, ordered)).toMatch(/: OK\n$/);
    expect(await verify(root.certPem, leaf.certPem + upper.certPem)).toContain('unable to get local issuer');
    expect(orderChain([leaf.certPem, upper.certPem]).chain).toEqual([leaf.certPem]);
  });
});

describe.skipIf(!have('openssl'))('what the local authority issues', () => {
  const now = Date.now();
  const made = makeKey();
  const key = { pem: Secret.of(made.keyPem), keyType: made.keyType };
  const rootFor = (permittedNames: string[]) =>
    issueRoot({
      ...{
        commonName: 'Local root',
        key,
        spki: made.spki,
        serial: Buffer.alloc(16, 7),
        now,
        days: 3650,
        permittedNames,
      },
    });
  const leafFor = (root: Buffer, names: string[]) =>
    toPem(
      'CERTIFICATE',
      issueLeaf({
        issuer: root,
        key,
        spki: makeKey().spki,
        names,
        serial: Buffer.alloc(16, 9),
        now,
        days: 90,
      }),
    );

  test('is accepted strictly, with and without name constraints, whatever its names', async () => {
    for (const permitted of [[], ['corp.example', 'lan']]) {
      const root = rootFor(permitted);
      const rootPem = toPem('CERTIFICATE', root);
      expect(await verify(rootPem, rootPem, '-purpose', 'any')).toMatch(/: OK\n$/);
      const long = `${'a'.repeat(60)}.corp.example`;
      for (const names of [
        ['www.corp.example', '*.apps.corp.example'],
        ['nas.lan'],
        [long],
        ['corp.example'],
      ]) {
        expect(await verify(rootPem, leafFor(root, names))).toMatch(/: OK\n$/);
      }
    }
    const free = rootFor([]);
    expect(await verify(toPem('CERTIFICATE', free), leafFor(free, ['10.0.0.1', '::1']))).toMatch(/: OK\n$/);
  });

  test('is refused by openssl outside of the name constraints, addresses included', async () => {
    const root = rootFor(['corp.example']);
    const rootPem = toPem('CERTIFICATE', root);
    for (const names of [['www.other.example'], ['notcorp.example'], ['www.corp.example', '*.example']]) {
      const pem = leafFor(
        root,
        names.map((name) => name.replace('*.example', 'x.example')),
      );
      expect(await verify(rootPem, pem)).toContain('permitted subtree violation');
    }
    for (const address of ['10.0.0.1', '2001:db8::1']) {
      expect(await verify(rootPem, leafFor(root, [address]))).toContain('excluded subtree violation');
    }
  });

  test('has a root that may not sign another CA', async () => {
    const root = rootFor([]);
    const rootPem = toPem('CERTIFICATE', root);
    const asCa = { ...makeCa({ commonName: 'Local root', keyOf: { ...makeCa(), ...made } }), chainPem: '' };
    const below = makeCa({ signedBy: asCa, commonName: 'Sneaky' });
    const leaf = makeLeaf(below, { names: ['www.example.org'] });
    expect(await verify(rootPem, leaf.chainPem)).toContain('path length constraint exceeded');
  });

  test('reads as it should', async () => {
    const root = rootFor(['corp.example']);
    const rootFile = await openssl.file('root.pem', toPem('CERTIFICATE', root));
    const said = await openssl.must('x509', '-in', rootFile, '-noout', '-text');
    for (const line of [
      /Basic Constraints: critical\s+CA:TRUE, pathlen:0/,
      /Key Usage: critical\s+Certificate Sign, CRL Sign/,
      /Name Constraints: critical\s+Permitted:\s+DNS:corp.example\s+Excluded:\s+IP:0.0.0.0\/0.0.0.0\s+IP:0:0:0:0:0:0:0:0\/0:0:0:0:0:0:0:0/,
      /Subject Key Identifier/,
    ]) {
      expect(said).toMatch(line);
    }
    const leafFile = await openssl.file('leaf.pem', leafFor(root, ['www.corp.example']));
    const leaf = await openssl.must('x509', '-in', leafFile, '-noout', '-text');
    for (const line of [
      /Basic Constraints: critical\s+CA:FALSE/,
      /Key Usage: critical\s+Digital Signature\n/,
      /Extended Key Usage:\s+TLS Web Server Authentication\n/,
      /Authority Key Identifier/,
    ]) {
      expect(leaf).toMatch(line);
    }
  });
});
