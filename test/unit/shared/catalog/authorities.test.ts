import { expect, test } from 'vitest';
import { acme } from '#shared/catalog/authorities/acme.ts';
import type { Flat } from '#shared/catalog/field.ts';

const settings = (directoryUrl: string) =>
  acme.fromFlat({ directory_url: directoryUrl, agree_to_terms: true });

test.each([
  'https://acme-v02.api.letsencrypt.org/directory',
  'https://ACME-V02.api.letsencrypt.org:443/directory',
])('the test directory of a CA is known by its address, however that is written: %s', (directoryUrl) => {
  expect(acme.testDirectory(settings(directoryUrl))).toBe(
    'https://acme-staging-v02.api.letsencrypt.org/directory',
  );
});

test('that of another CA is not guessed', () => {
  expect(acme.testDirectory(settings('https://acme.example/directory'))).toBeNull();
});

const told = (flat: Flat) =>
  acme.fromFlat({ directory_url: 'https://acme.example/dir', agree_to_terms: true, ...flat });

test.each<[Flat, string]>([
  [
    { directory_url: 'https://ann:secret@acme.example/dir' },
    'The directory URL must not contain a user name',
  ],
  [
    { test_directory_url: 'https://ann:secret@t.example/dir' },
    'The test directory URL must not contain a user',
  ],
  [{ test_directory_url: 'http://t.example/dir' }, 'The test directory URL must be an https address'],
  [
    { test_directory_url: 'https://ACME.example:443/dir' },
    'The test directory URL must not be the directory URL',
  ],
  [
    { validation: 'tls-alpn-01-agent', tls_alpn_address: 'web1' },
    'TLS responder address must be an IP address',
  ],
  [{ validation: 'tls-alpn-01-agent', tls_alpn_address: '300.1.1.1' }, 'TLS responder address must be an IP'],
  [
    { validation: 'http-01-agent', responder_address: '10.0.0.1:80' },
    'Responder address must be an IP address',
  ],
])('what could only fail at the next order is refused when it is set: %o', (flat, sentence) => {
  expect(() => told(flat)).toThrow(sentence);
});

test('nothing of a login in an address is repeated', () => {
  expect(() => told({ directory_url: 'https://ann:secret@acme.example/dir' })).not.toThrow('secret');
});

test.each(['0.0.0.0', '::', '10.0.0.1', '2001:db8::1', 'localhost'])(
  'the agent can answer at %s',
  (address) => {
    const settings = told({ validation: 'tls-alpn-01-agent', tls_alpn_address: address });
    expect(settings.validation).toMatchObject({ address, port: 443 });
  },
);
