import { expect, test } from 'vitest';
import { aCertificate } from '#test/make/certificate-rows.ts';
import { codeOfOutput } from '../../../electron/cli/exit-codes.ts';
import {
  certificatePage,
  certificateTable,
  rehearsalPage,
  revokedPage,
} from '../../../electron/cli/print/certificates.ts';

const piped = { columns: null, unicode: true, now: 0 };
const certificate = aCertificate('gone', {
  names: ['shop.example'],
  revoked: { at: 0, reason: 'superseded' },
});
const revoked = {
  ...{ fingerprint: certificate.fingerprint, names: certificate.names, authority: 'ca' },
  ...{ reason: 'superseded' as const, already: false, inUse: [] },
};
const what = `The certificate ${certificate.fingerprint.slice(0, 16)} for shop.example`;

test('A revocation says where the certificate is still served, and what to do', () => {
  const inUse = [
    { nodeId: 'node_1', name: 'web1/shop', served: true, sentence: 'It serves the certificate on disk.' },
    { nodeId: 'node_2', name: 'web2/shop', served: false, sentence: 'web2 did not answer.' },
  ];
  expect(revokedPage({ ...revoked, inUse })).toEqual([
    `${what} was revoked at ca (superseded).`,
    'It is still served. Renew it now: trustkeep certificates renew NODE',
    '  web1/shop: still served. It serves the certificate on disk.',
    '  web2/shop: web2 did not answer.',
  ]);
});

test('A certificate that had been revoked before is not said to be revoked now', () => {
  expect(revokedPage({ ...revoked, already: true })).toEqual([
    `${what} had already been revoked at ca, whatever the reason given then. Nothing was changed.`,
    'It is not in use on any known node.',
  ]);
});

test('A revoked certificate is called so in the list and on its page', () => {
  expect(certificateTable([{ ...certificate, usedBy: [] }], piped).join('\n')).toContain('revoked');
  expect(certificatePage(certificate, piped).join('\n')).toMatch(/Revoked +.*superseded/);
  expect(certificatePage({ ...certificate, revoked: null }, piped).join('\n')).not.toContain('Revoked');
});

test('A rehearsal says how far it got, and what it does not prove', () => {
  const checks = [
    { name: 'order', ok: true, sentence: 'test.example took the order for shop.example.' },
    { name: 'control', ok: false, sentence: 'It could not connect.' },
  ];
  const rehearsed = { names: ['shop.example'], authority: 'ca', host: 'test.example', checks };
  expect(rehearsalPage({ ...rehearsed, ok: false }, piped)).toEqual([
    'The rehearsal failed: shop.example at test.example, the test directory of ca.',
    '  ✓ order: test.example took the order for shop.example.',
    '  ✗ control: It could not connect.',
    'Nothing was installed, and neither the account nor the rate limits of the real directory were used.',
  ]);
  expect(rehearsalPage({ ...rehearsed, ok: true }, piped)[0]).toContain('The rehearsal passed');
  expect(codeOfOutput('certificates.rehearse', { ok: false })).toBe(1);
});
