import { expect, test } from 'vitest';
import { makeCa, makeKey, makeLeaf } from '#test/make/certificates.ts';
import { ariCertId } from '../../../electron/pki/ari.ts';
import { commonNameOnly } from '../../../electron/pki/distinguished-name.ts';
import { authorityKeyIdentifier } from '../../../electron/pki/extensions.ts';
import { signCertificate } from '../../../electron/pki/issue.ts';
import { toPem } from '../../../electron/pki/pem.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { failureOf } from './failure-of.ts';

test('the example of RFC 9773 gives the name written there', () => {
  const key = makeKey();
  const name = commonNameOnly('Example CA');
  const der = signCertificate(
    {
      serial: Buffer.from('87654321', 'hex'),
      issuer: name,
      subject: name,
      notBefore: 0,
      notAfter: 1e12,
      spki: key.spki,
      extensions: [authorityKeyIdentifier(Buffer.from('69885B6B87464041E1B37B847BA0AE2CDE01C8D4', 'hex'))],
    },
    { pem: Secret.of(key.keyPem), keyType: 'ec-p256' },
  );
  expect(ariCertId(toPem('CERTIFICATE', der))).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
});

test('a leaf has a name and a root without authority key identifier has none', () => {
  const ca = makeCa();
  expect(ariCertId(makeLeaf(ca, { names: ['a.org'] }).chainPem)).toMatch(/^[\w-]{27}\.[\w-]{22}$/);
  expect(ariCertId(ca.certPem)).toBeNull();
});

test('what is no certificate is a Failure', () => {
  expect(failureOf(() => ariCertId('nothing')).code).toBe('certificate.unreadable');
});
