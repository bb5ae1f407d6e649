import { describe, expect, test } from 'vitest';
import {
  authMountPath,
  secretPath,
} from '../../../../../electron/providers/credential-stores/hashicorp/paths.ts';

describe('a path in Vault', () => {
  test.each([
    ['secret/servers', 'web1', ['secret', 'servers', 'web1']],
    ['/secret/', '/team a/ü/', ['secret', 'team a', 'ü']],
    ['', 'secret/x', ['secret', 'x']],
    ['secret', '%2e%2e', ['secret', '%2e%2e']],
    ['secret', '...x', ['secret', '...x']],
  ])('of root %j and id %j has its segments', (root, id, all) => {
    expect(secretPath(root, id).all).toEqual(all);
  });

  test.each([
    ['secret', ''],
    ['secret', '///'],
    ['secret', '..'],
    ['secret', '../other'],
    ['secret', 'a/./b'],
    ['secret', 'a//b'],
    ['secret', 'a.'],
    ['secret', 'a\u0000b'],
    ['secret', 'a\u0085b'],
    ['secret', 'a\ud800'],
    ['a//b', 'x'],
    ['a/../b', 'x'],
  ])('of root %j and id %j is refused', (root, id) => {
    expect(() => secretPath(root, id)).toThrow(expect.objectContaining({ code: 'credential.bad-id' }));
  });
});

// the mount as it stands in commands, in the API and in the documents of others: hvac/hvac#298, hashicorp/vault-secrets-operator#316
describe('the place of an auth method', () => {
  test.each([
    ['approle', 'approle'],
    ['/approle/', 'approle'],
    ['auth/approle', 'approle'],
    ['/auth/approle/', 'approle'],
    ['v1/auth/approle', 'approle'],
    ['v1/auth/approle/login', 'approle'],
    ['auth/team/approle', 'team/approle'],
    ['auth', 'auth'],
    ['team/auth', 'team/auth'],
    ['login', 'login'],
    ['auth/login', 'login'],
  ])('%s is below auth: %s', (given, expected) => {
    expect(authMountPath(given).join('/')).toBe(expected);
  });
});
