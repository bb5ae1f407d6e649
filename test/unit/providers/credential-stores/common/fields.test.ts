import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { mapFields } from '../../../../../electron/providers/credential-stores/common/fields.ts';

const shown = (record: Record<string, unknown>) => {
  const found = mapFields(record, 'The secret');
  return {
    username: found.username,
    password: found.password?.text() ?? null,
    privateKey: found.privateKey?.text() ?? null,
    passphrase: found.passphrase?.text() ?? null,
  };
};
const nothing = { username: null, password: null, privateKey: null, passphrase: null };
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n';

describe('the fields of a stored secret', () => {
  test.each([
    [
      { username: 'a', password: 'b' },
      { username: 'a', password: 'b' },
    ],
    [
      { User: 'a', PASS: 'b' },
      { username: 'a', password: 'b' },
    ],
    [
      { login: 'a', password: 'b', user: 'c', username: 'd' },
      { username: 'd', password: 'b' },
    ],
    [
      { 'user-name': 'a', Pass_Word: 'b' },
      { username: 'a', password: 'b' },
    ],
    [
      { private_key: 'k', passphrase: 'p' },
      { privateKey: 'k', passphrase: 'p' },
    ],
    [
      { 'SSH-Key': 'k', 'pass phrase': 'p' },
      { privateKey: 'k', passphrase: 'p' },
    ],
    [{ key: pem }, { privateKey: pem }],
    [{ key: 'an-api-key', password: 'b' }, { password: 'b' }],
    [
      { username: 'a', password: 123456 },
      { username: 'a', password: '123456' },
    ],
    [{ username: '', password: 'b' }, { password: 'b' }],
    [{ password: ' keeps its spaces \n' }, { password: ' keeps its spaces \n' }],
  ])('%j are understood', (record, expected) => {
    expect(shown(record)).toEqual({ ...nothing, ...expected });
  });

  test.each([
    [{}, 'no fields at all'],
    [{ username: 'root' }, 'only the fields “username”'],
    [{ key: 'TOP-SECRET', password: '' }, 'only the fields “key”, “password”'],
    [{ password: { nested: 'TOP-SECRET' } }, 'only the fields “password”'],
    [{ password: 2 ** 60 }, 'only the fields “password”'],
    [Object.fromEntries([...Array(12).keys()].map((n) => [`f${n}`, 'TOP-SECRET'])), '“f9” and 2 more'],
  ])('%j are of no use, and what is in them is not told', (record, said) => {
    const failure = (() => {
      try {
        return mapFields(record, 'The secret “x”');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'credential.unusable', message: expect.stringContaining(said) });
    expect(JSON.stringify((failure as Failure).toData())).not.toContain('TOP-SECRET');
  });
});
