import { describe, expect, test } from 'vitest';
import { makeCa, makeKey, makeLeaf, quickKeyTypes } from '#test/make/certificates.ts';
import { checkMaterial, normalizedChainPem } from '../../../electron/pki/chain.ts';
import { splitPem, toPem } from '../../../electron/pki/pem.ts';
import { parseX509 } from '../../../electron/pki/x509.ts';

const now = Date.now();
const minute = 60_000;
const ca = makeCa();
const intermediate = makeCa({ signedBy: ca, commonName: 'Intermediate' });
const leaf = makeLeaf(ca, { names: ['www.example.org', '*.apps.example.org'], intermediate });

function material(changes: Partial<Parameters<typeof checkMaterial>[0]> = {}) {
  const { chainPem, spki } = leaf;
  return checkMaterial({ chainPem, spki, names: ['www.example.org'], keyType: 'ec-p256', now, ...changes });
}

/** Names and sentences of the failed checks. */
function faults(changes: Parameters<typeof material>[0]): Record<string, string> {
  const { ok, checks } = material(changes);
  const failed = checks.filter((check) => !check.ok);
  expect(ok).toBe(failed.length === 0);
  return Object.fromEntries(failed.map(({ name, sentence }) => [name, sentence]));
}

describe('material that may be installed', () => {
  test('passes every check', () => {
    const { ok, checks } = material({ names: ['www.example.org', 'a.apps.example.org'] });
    expect(ok).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual(['pair', 'key type', 'chain', 'dates', 'names']);
    for (const { sentence } of checks) expect(sentence).toMatch(/^[A-Z"].*\.$/);
  });

  test.each(quickKeyTypes)('may have a key of type %s', (keyType) => {
    const made = makeLeaf(ca, { names: ['www.example.org'], keyType });
    expect(faults({ chainPem: made.chainPem, spki: made.spki, keyType })).toEqual({});
  });

  test('may be a self-signed certificate', () => {
    expect(faults({ chainPem: ca.certPem, spki: ca.spki, names: [] })).toEqual({});
  });

  test('may start within five minutes, which is said', () => {
    const early = makeLeaf(ca, { names: ['www.example.org'], notBefore: now + 4 * minute });
    const { ok, checks } = material({ chainPem: early.chainPem, spki: early.spki });
    expect(ok).toBe(true);
    expect(checks.find(({ name }) => name === 'dates')?.sentence).toContain('clock');
  });
});

describe('material that must not be installed', () => {
  test.each([
    ['another EC key', 'ec-p256'],
    ['an RSA key with an EC certificate', 'rsa-2048'],
  ] as const)('has %s', (_name, keyType) => {
    expect(faults({ spki: makeKey(keyType).spki })).toEqual({
      pair: expect.stringContaining(`(ec-p256) does not match the private key (${keyType})`),
    });
  });

  test('has an RSA certificate with an EC key', () => {
    const rsa = makeLeaf(ca, { names: ['www.example.org'], keyType: 'rsa-2048' });
    expect(Object.keys(faults({ chainPem: rsa.chainPem }))).toEqual(['pair', 'key type']);
  });

  test('has another key type than asked for', () => {
    expect(faults({ keyType: 'ec-p384' })).toEqual({ 'key type': 'The key type is ec-p256, not ec-p384.' });
  });

  test('has a chain in the wrong order', () => {
    const reversed = intermediate.certPem + leaf.certPem;
    expect(Object.keys(faults({ chainPem: reversed }))).toContain('chain');
  });

  test('misses an intermediate', () => {
    const lower = makeCa({ signedBy: intermediate, commonName: 'Lower' });
    const deep = makeLeaf(lower, { names: ['www.example.org'] });
    for (const rest of [intermediate.certPem, ca.certPem]) {
      const chainPem = normalizedChainPem(deep.certPem + rest);
      expect(faults({ chainPem, spki: deep.spki }).chain).toContain('but was issued by CN=Lower');
    }
  });

  test('has a signature by an impostor with the same name', () => {
    const impostor = makeCa({ signedBy: ca, commonName: 'Intermediate' });
    expect(faults({ chainPem: leaf.certPem + impostor.certPem })).toHaveProperty('chain');
  });

  test('has a certificate that was changed after signing', () => {
    const der = Buffer.from(splitPem(leaf.certPem)[0]!.der);
    der.write('mmm', der.indexOf('www'));
    const chainPem = toPem('CERTIFICATE', der) + intermediate.certPem;
    expect(faults({ chainPem, names: [] }).chain).toContain('signature');
  });

  test('has a broken signature that is not even well formed', () => {
    const der = Buffer.from(splitPem(leaf.certPem)[0]!.der);
    der.fill(0, der.length - 70);
    expect(faults({ chainPem: toPem('CERTIFICATE', der) + intermediate.certPem })).toHaveProperty('chain');
  });

  test('has an issuer that is no CA', () => {
    const subject = parseX509(leaf.certPem).subject.whole;
    const under = makeLeaf({ ...leaf, subject, chainPem: '' }, { names: ['www.example.org'] });
    expect(faults({ chainPem: under.certPem + leaf.certPem, spki: under.spki }).chain).toContain('not a CA');
  });

  test('is expired, also in the middle of the chain', () => {
    const expired = makeLeaf(ca, { names: ['www.example.org'], notAfter: now - 1000 });
    expect(faults({ chainPem: expired.chainPem, spki: expired.spki }).dates).toContain('expired');
    const old = makeCa({
      signedBy: ca,
      commonName: 'Intermediate',
      keyOf: intermediate,
      notAfter: now - 1000,
    });
    expect(faults({ chainPem: leaf.certPem + old.certPem }).dates).toContain('CN=Intermediate" expired');
  });

  test('is not valid yet', () => {
    const early = makeLeaf(ca, { names: ['www.example.org'], notBefore: now + 6 * minute });
    expect(faults({ chainPem: early.chainPem, spki: early.spki }).dates).toContain('not valid before');
  });

  test('does not cover a name', () => {
    expect(faults({ names: ['www.example.org', 'example.org', '10.0.0.1'] })).toEqual({
      names:
        'The certificate does not cover example.org, 10.0.0.1; it is for www.example.org, *.apps.example.org.',
    });
  });

  test.each(['', 'text', leaf.certPem.slice(0, 300), leaf.certPem.replace('MII', 'AAA')])(
    'has a chain that cannot be read',
    (chainPem) => {
      expect(Object.keys(faults({ chainPem }))).toEqual(['chain']);
    },
  );
});
