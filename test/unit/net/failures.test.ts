import { expect, test } from 'vitest';
import { netFailure } from '../../../electron/net/failures.ts';

const peer = { host: 'ca.example', port: 443 };
const failing = (code: string) => netFailure(Object.assign(new Error(code), { code }), peer);

test.each([
  ['ENOTFOUND', 'net.unresolved'],
  ['EAI_AGAIN', 'net.unresolved'],
  ['ECONNREFUSED', 'net.refused'],
  ['EHOSTUNREACH', 'net.unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'net.timeout'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'net.tls-untrusted'],
  ['CERT_HAS_EXPIRED', 'net.tls-date'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'net.tls-name-mismatch'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'net.tls-failed'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'net.client-certificate-needed'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'net.client-certificate-needed'],
  ['ECONNRESET', 'net.lost'],
  ['UND_ERR_SOCKET', 'net.lost'],
])('%s becomes %s with host, a full stop and its cause', (code, expected) => {
  const failure = failing(code);
  expect(failure.code).toBe(expected);
  expect(failure.message).toMatch(/ca\.example.*\.$/);
  expect(failure.hint).toBeDefined();
  expect(failure.cause).toBeInstanceOf(Error);
});

test('the first of several tried addresses counts', () => {
  const each = ['ECONNREFUSED', 'ENETUNREACH'].map((code) => Object.assign(new Error(code), { code }));
  expect(netFailure(new AggregateError(each), peer).code).toBe('net.refused');
});

test('an IPv6 address is written in brackets', () => {
  const thrown = Object.assign(new Error(), { code: 'ECONNREFUSED' });
  expect(netFailure(thrown, { host: '::1', port: 8443 }).message).toContain('[::1]:8443');
});

test('a client certificate that was shown is refused, not missing', () => {
  const thrown = Object.assign(new Error(), { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' });
  expect(netFailure(thrown, peer, { showedCertificate: true })).toMatchObject({
    code: 'net.client-certificate-refused',
    message: 'ca.example:443 refused the client certificate: unknown ca.',
  });
});
