import { describe, expect, test } from 'vitest';
import {
  baseUrl,
  parsePlace,
} from '../../../../../electron/providers/credential-stores/delinea-secret-server/address.ts';
import { failureOf } from '../../../pki/failure-of.ts';

test.each([
  ['https://host/SecretServer', 'https://host/SecretServer'],
  ['https://host/SecretServer/', 'https://host/SecretServer'],
  ['https://host:8443/SecretServer//', 'https://host:8443/SecretServer'],
  ['https://host/SecretServer/api/v1', 'https://host/SecretServer'],
  ['https://host/SecretServer/api/v2/secrets/12', 'https://host/SecretServer'],
  ['https://host/SecretServer/oauth2/token', 'https://host/SecretServer'],
  ['https://host/SecretServer/login.aspx?ReturnUrl=%2f', 'https://host/SecretServer'],
  ['https://host/SecretServer/app/#/secrets/view/all', 'https://host/SecretServer'],
  ['https://tenant.secretservercloud.com', 'https://tenant.secretservercloud.com'],
  ['https://tenant.secretservercloud.eu/api/v1/', 'https://tenant.secretservercloud.eu'],
  ['https://host/apps/SecretServer', 'https://host/apps/SecretServer'],
])('the address %s is that of %s', (given, base) => {
  expect(baseUrl(given)).toBe(base);
});

describe('a credential id', () => {
  test.each([
    ['12', { id: 12, path: null }],
    [' 12 ', { id: 12, path: null }],
    ['\\Servers\\root at web1', { id: 0, path: '\\Servers\\root at web1' }],
    ['/Servers/Web/root', { id: 0, path: '\\Servers\\Web\\root' }],
    ['\\Servers\\a/b', { id: 0, path: '\\Servers\\a/b' }],
    ['\\alone', { id: 0, path: '\\alone' }],
  ])('"%s" is understood', (id, place) => {
    expect(parsePlace(id)).toEqual(place);
  });

  test.each([
    ['', 'empty'],
    ['0', 'no secret has such a number'],
    ['99999999999', 'no secret has such a number'],
    ['-1', 'neither a number nor a path'],
    ['Servers\\root', 'neither a number nor a path'],
    ['\\', 'is empty'],
    ['\\Servers\\\\root', 'is empty'],
    ['/Servers/', 'is empty'],
    ['\\Servers\\a\u0007', 'control character'],
    [`\\${'ö'.repeat(300)}`, 'too long'],
  ])('"%s" is refused in a sentence', (id, words) => {
    const failure = failureOf(() => parsePlace(id));
    expect(failure.code).toBe('credential.bad-id');
    expect(failure.message).toContain(words);
  });
});
