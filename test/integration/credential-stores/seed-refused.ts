import { type Filling, type Line, secret } from './seed-lines.ts';
import type { SeedWorld } from './seed-world.ts';

const byCert = (world: SeedWorld): Filling => ({ 'app-id': 'ByCert', ...world.inCcp(), ...world.pfxLogin() });

/** What is wrong, the line it is wrong in, and the sentence that answers it. */
export const refusedLines: [string, Line, (world: SeedWorld) => Filling, RegExp][] = [
  [
    'a name that is taken',
    'addLocal',
    () => ({ 'store-name': 'SS' }),
    /^There is already a credential store named "ss"\.$/,
  ],
  [
    'a name of 65 characters',
    'addLocal',
    () => ({ 'store-name': 'x'.repeat(65) }),
    /^Store name must be between 1 and 64 characters long\.$/,
  ],
  [
    'a token nobody knows',
    'addToken',
    (world) => ({ ...world.inVault(), 'store-name': 'new', token: 'hvs.unknown' }),
    /refused the token|token/,
  ],
  [
    'a SecretID nobody knows',
    'addRoleSecret',
    (world) => ({ ...world.inVault(), 'store-name': 'new', 'secret-id': 'none', 'Yes/No': 'No' }),
    /refused the AppRole login/,
  ],
  [
    'a secret file that is not there',
    'addRoleFile',
    (world) => ({
      ...world.inVault(),
      'store-name': 'new',
      'secret-file': world.path('none'),
      'Yes/No': 'No',
    }),
    /^The secret file .* does not exist\./,
  ],
  [
    'a port where nobody listens',
    'addToken',
    (world) => ({ ...world.inVault(), 'store-name': 'new', 'vault-url': 'https://127.0.0.1:1' }),
    /127\.0\.0\.1/,
  ],
  [
    'a PFX with another password',
    'addCyberarkCert',
    (world) => ({ ...byCert(world), 'store-name': 'new', 'password-of-authcert': 'other' }),
    /password/,
  ],
  [
    'a PFX that is not there',
    'addCyberarkCert',
    (world) => ({ ...byCert(world), 'store-name': 'new', 'authcert-file-path': world.path('none.pfx') }),
    /^There is no client certificate at /,
  ],
  [
    'an application nobody knows',
    'addCyberark',
    (world) => ({ ...world.inCcp(), 'store-name': 'new', 'app-id': 'Nobody' }),
    /Nobody/,
  ],
  [
    'a password that is wrong',
    'addDelinea',
    (world) => ({ ...world.inSecretServer(), 'store-name': 'new', password: secret('wrong') }),
    /refused/,
  ],
  [
    'an id with a slash',
    'addCredential',
    (world) => ({
      'store-name': 'own',
      id: 'a/b',
      username: 'u',
      password: 'p',
      'private-key-path': world.path('id1'),
      passphrase: 'x',
    }),
    /^The credential ID "a\/b" must not contain a slash/,
  ],
  [
    'a passphrase that is wrong',
    'addCredential',
    (world) => ({
      'store-name': 'own',
      id: 'a',
      username: 'u',
      password: 'p',
      'private-key-path': world.path('id1'),
      passphrase: 'x',
    }),
    /^The passphrase does not open the SSH private key/,
  ],
  [
    'another kind',
    'updateCyberark',
    (world) => ({ ...byCert(world), 'store-name': 'ss' }),
    /is of the kind delinea-secret-server, not cyberark\.$/,
  ],
  [
    'credentials of a vault',
    'listCredentials',
    () => ({ 'store-name': 'ss' }),
    /kept in a Secret Server, which Trustkeep only reads\.$/,
  ],
  [
    'a secret that is not there',
    'getCredential',
    () => ({ 'store-name': 'by-token', id: 'nowhere' }),
    /nowhere/,
  ],
  [
    'the default store',
    'remove',
    () => ({ name: 'trustkeep-store' }),
    /^The default store "trustkeep-store" cannot be removed\.$/,
  ],
];
