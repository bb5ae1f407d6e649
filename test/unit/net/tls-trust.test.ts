import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { isAnchoredElsewhere } from '../../../electron/net/tls-trust.ts';
import { makeCa, makeLeaf } from '../../make/certificates.ts';

const root = makeCa({ commonName: 'Own root' });
const leaf = makeLeaf(root, { names: ['a.example'], intermediate: true });
const chain = (pem: string) =>
  (pem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one));

test('a chain to a root that came with the runtime is not anchored elsewhere', () => {
  expect(isAnchoredElsewhere(chain(rootCertificates[0] ?? ''), null)).toBe(false);
});

test('a chain to a root of one’s own is, unless that root was given', () => {
  for (const shown of [leaf.chainPem, leaf.chainPem + root.certPem]) {
    expect(isAnchoredElsewhere(chain(shown), null)).toBe(true);
    expect(isAnchoredElsewhere(chain(shown), root.certPem)).toBe(false);
    expect(isAnchoredElsewhere(chain(shown), makeCa({ commonName: 'Own root' }).certPem)).toBe(true);
  }
});

test('the name of a public root on another key is no anchor', () => {
  const name = new X509Certificate(rootCertificates[0] ?? '').subject.match(/CN=([^\n]+)/)?.[1] ?? 'x';
  const posing = makeLeaf(makeCa({ commonName: name }), { names: ['a.example'] });
  expect(isAnchoredElsewhere(chain(posing.chainPem), null)).toBe(true);
});
