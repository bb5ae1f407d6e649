import { expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { makeChance } from '#test/make/random.ts';
import { ariCertId } from '../../../electron/pki/ari.ts';
import { orderChain } from '../../../electron/pki/chain.ts';
import { splitPem, toPem } from '../../../electron/pki/pem.ts';
import { readCertificate } from '../../../electron/pki/read-certificate.ts';
import { failureOf } from '../../unit/pki/failure-of.ts';

const ca = makeCa({ commonName: 'Zürich, "CA" + more\\' });
const leaf = makeLeaf(ca, { names: ['www.example.org', '10.0.0.1', '2001:db8::1'] });
const der = splitPem(leaf.certPem)[0]!.der;

/** A share for every run; by the hundred thousand, and beside OpenSSL: npm run campaign fuzz. */
test('the facts of a certificate come, or a Failure does, whatever bytes were changed', {
  timeout: 240_000,
}, () => {
  const chance = makeChance(99);
  let read = 0;
  for (let turn = 0; turn < 400; turn += 1) {
    const changed = Buffer.from(der);
    for (let count = 0; count <= chance.int(3); count += 1) changed[chance.int(der.length)] = chance.int(256);
    try {
      readCertificate(changed);
      orderChain([toPem('CERTIFICATE', changed), ca.certPem]);
      ariCertId(toPem('CERTIFICATE', changed));
      read += 1;
    } catch {
      expect(failureOf(() => readCertificate(changed)).code).toBe('certificate.unreadable');
    }
  }
  expect(read).toBeGreaterThan(0);
});
