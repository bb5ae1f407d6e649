import { describe, expect, test } from 'vitest';
import { fieldNamesOf, flatFieldNames } from '#shared/catalog/credential-stores/field-names.ts';
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
    // names that others write: evoila/meho#3711, elastic/apm-pipeline-library#504
    [
      { ssh_user: 'a', ssh_private_key: 'k', key_passphrase: 'p' },
      { username: 'a', privateKey: 'k', passphrase: 'p' },
    ],
    [
      { user: 'a', passwd: 'b' },
      { username: 'a', password: 'b' },
    ],
    [{ 'ssh-privatekey': 'k' }, { privateKey: 'k' }],
    [{ password: null, passwd: 'b' }, { password: 'b' }],
    [{ username: null, password: 'b', passphrase: null }, { password: 'b' }],
  ])('%j are understood', (record, expected) => {
    expect(shown(record)).toEqual({ ...nothing, ...expected });
  });

  test.each([
    [{}, 'no fields at all'],
    [{ username: 'root' }, 'only the fields "username"'],
    [{ key: 'TOP-SECRET', password: '' }, 'only the fields "key", "password"'],
    [{ password: { nested: 'TOP-SECRET' } }, 'only the fields "password"'],
    // values that are no text: hashicorp/vault-csi-provider#126, John361/vault-secrets#62, hashicorp/terraform-provider-vault#2509
    [{ password: { nested: 'TOP-SECRET' } }, '"password", but it is an object, not text'],
    [{ password: null }, '"password", but it is null, not text'],
    [{ password: 2 ** 60 }, '"password", but it is a number that cannot be read exactly, not text'],
    [{ password: ['TOP-SECRET'] }, '"password", but it is a list, not text'],
    [{ passwd: true }, '"passwd", but it is true or false, not text'],
    [{ username: { name: 'TOP-SECRET' }, password: 'TOP-SECRET' }, '"username", but it is an object'],
    [{ password: 'TOP-SECRET', privatekey: { pem: 'TOP-SECRET' } }, '"privatekey", but it is an object'],
    [{ password: 2 ** 60 }, 'only the fields "password"'],
    [Object.fromEntries([...Array(12).keys()].map((n) => [`f${n}`, 'TOP-SECRET'])), '"f9" and 2 more'],
  ])('%j are of no use, and what is in them is not told', (record, said) => {
    const failure = (() => {
      try {
        return mapFields(record, 'The secret "x"');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'credential.unusable', message: expect.stringContaining(said) });
    expect(JSON.stringify((failure as Failure).toData())).not.toContain('TOP-SECRET');
  });

  test('of another name are named by the store, and then in no other', () => {
    const record = { db_pass: 'b', password: 'other', acct: 'a', username: 'c' };
    const found = mapFields(record, 'The secret', { password: 'db_pass', username: 'acct' });
    expect([found.username, found.password?.text()]).toEqual(['a', 'b']);
    const wrong = () => mapFields(record, 'The secret', { password: 'db_pwd' });
    expect(wrong).toThrow('The secret has no field "db_pwd", which is set for the password.');
    expect(() => mapFields({ db_pass: {} }, 'The secret', { password: 'db_pass' })).toThrow('not text');
  });

  test('are named in lines of part=field', () => {
    expect(fieldNamesOf({ fields: ['password = db_pass', 'UserName=acct'] })).toEqual({
      password: 'db_pass',
      username: 'acct',
    });
    expect(flatFieldNames({ username: 'acct', password: 'a=b' })).toEqual(['username=acct', 'password=a=b']);
    for (const line of ['db_pass', '=db_pass', 'pass=db_pass', 'password='])
      expect(() => fieldNamesOf({ fields: [line] })).toThrow('does not name a field');
    expect(() => fieldNamesOf({ fields: ['password=a', 'password=b'] })).toThrow('Two fields are named');
  });
});
