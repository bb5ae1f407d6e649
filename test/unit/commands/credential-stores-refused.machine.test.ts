import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failureFrom } from '#test/make/commands.ts';
import {
  byRole,
  byToken,
  delinea,
  made,
  prepareStoreCommands,
  stored,
  vault,
} from './credential-store-commands.ts';

prepareStoreCommands();

describe('bad input for a credential store is one sentence', () => {
  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    [
      'a name that is taken',
      { ...byToken, storename: 'Trustkeep-Store' },
      'credential-store.name-taken',
      /named "trustkeep-store"\.$/,
    ],
    [
      'a name of 65 characters',
      { ...byToken, storename: 'x'.repeat(65) },
      'input.invalid',
      /^Store name must be between 1 and 64 characters long\.$/,
    ],
    ['a name with a line end', { ...byToken, storename: 'a\nb' }, 'input.invalid', /control characters/],
    [
      'an unknown way to log in',
      { ...byToken, authtype: 'Kerberos' },
      'input.invalid',
      /must be one of: Token, AppRoleSecret, AppRoleFile\.$/,
    ],
    [
      'no token',
      { ...byToken, token: undefined },
      'input.invalid',
      /^The authentication type Token needs --token\.$/,
    ],
    [
      'neither role nor SecretID',
      { ...byRole, roleid: undefined, secretid: undefined },
      'input.invalid',
      /^The authentication type AppRoleSecret needs --roleid and --secretid\.$/,
    ],
    [
      'no secret file',
      { ...byRole, authtype: 'AppRoleFile', secretid: undefined },
      'input.invalid',
      /AppRoleFile needs --secretfile\.$/,
    ],
    [
      'a secret file that is somewhere',
      { ...byRole, authtype: 'AppRoleFile', secretid: undefined, secretfile: 'sid' },
      'input.invalid',
      /^Secret file must be an absolute path/,
    ],
    [
      'a token for an AppRole',
      { ...byRole, token: 'x' },
      'input.invalid',
      /^Token is not used with authentication type AppRoleSecret\.$/,
    ],
    [
      'an address that is none',
      { ...byToken, vaulturl: 'vault.example:8200' },
      'input.invalid',
      /^Vault URL must be an http or https address\.$/,
    ],
    [
      'a login in the address',
      { ...byToken, vaulturl: 'https://a:b@vault.example' },
      'input.invalid',
      /must not contain a user name or password/,
    ],
    ['no password', { ...delinea, password: undefined }, 'input.invalid', /needs --password\.$/],
    [
      'roots that are no PEM',
      { ...delinea, trusted_roots: 'hello' },
      'input.invalid',
      /^Trusted roots must be/,
    ],
    [
      'a password for no certificate',
      { kind: 'cyberark', storename: 'c', appid: 'a', ccpurl: 'https://ccp.example', certpass: 'x' },
      'input.invalid',
      /without an authentication certificate/,
    ],
    [
      'a certificate that is not there',
      {
        kind: 'cyberark',
        storename: 'c',
        appid: 'a',
        ccpurl: 'https://ccp.example',
        authcert: '/nowhere/a.pfx',
      },
      'key-file.unreadable',
      /^There is no client certificate at \/nowhere\/a\.pfx\.$/,
    ],
  ];
  test.each(wrong)('%s', async (_what, input, code, sentence) => {
    const failure = await failureFrom(made.call.credentialStores.add(input as typeof byToken));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(sentence);
    expect(vault.tried).toEqual([]);
    expect(stored()).toEqual(['trustkeep-store']);
  });

  test('a certificate that is none', async () => {
    const authcert = join(made.directory, 'a.pfx');
    writeFileSync(authcert, 'hello');
    const input = {
      kind: 'cyberark' as const,
      storename: 'c',
      appid: 'a',
      ccpurl: 'https://c.example',
      authcert,
    };
    expect((await failureFrom(made.call.credentialStores.add(input))).code).toBe(
      'client-certificate.unreadable',
    );
  });
});
