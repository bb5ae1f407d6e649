import { describe, expect, it } from 'vitest';
import { type LoginWay, loginWays } from '#shared/catalog/connections/login.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { askedFields, readForm, startValues } from '../../../renderer/parts/descriptor-form/values.ts';
import { connectionText, endpointValues } from '../../../renderer/screens/endpoints/endpoint-text.ts';
import {
  fieldsWithLogin,
  isKeptLogin,
  loginChanges,
  wayOf,
  withoutChoice,
} from '../../../renderer/screens/endpoints/login-fields.ts';

const catalog = endpointCatalog.nginx.fields;
const fieldsFor = (way: LoginWay, before: LoginWay | null = null) =>
  fieldsWithLogin(catalog, way, { before, storeKind: null, ways: loginWays });
const typed = (way: LoginWay) => ({
  ...startValues(catalog),
  name: 'web',
  connection_type: 'ssh',
  host: 'a',
  log_in_with: way,
});
const askedNames = (way: LoginWay): string[] =>
  askedFields(fieldsFor(way), typed(way)).map((field) => field.name);

describe('the question how to log in', () => {
  it('is not asked on this machine', () => {
    const values = { ...typed('password'), connection_type: 'local' };
    const names = askedFields(fieldsFor('password'), values).map((field) => field.name);
    expect(names).not.toContain('log_in_with');
    expect(names).not.toContain('password');
    expect(names).not.toContain('store');
  });

  it('offers only what the connection can do', () => {
    const known = { before: null, storeKind: null, ways: ['password', 'credential-store'] } as const;
    const choice = fieldsWithLogin(catalog, 'password', known).find(({ name }) => name === 'log_in_with');
    expect(choice).toMatchObject({ choices: known.ways, default: 'password' });
  });

  it('decides what else is asked', () => {
    expect(askedNames('password')).toContain('password');
    expect(askedNames('password')).not.toContain('ssh_key_path');
    expect(askedNames('private-key')).toEqual(expect.arrayContaining(['ssh_key_path', 'ssh_key_password']));
    expect(askedNames('private-key')).not.toContain('store');
    expect(askedNames('credential-store')).toEqual(
      expect.arrayContaining(['store', 'store_cred_id', 'user']),
    );
    expect(askedNames('credential-store')).not.toContain('password');
  });

  it('makes the user needless only where a credential brings its own', () => {
    expect(Object.keys(readForm(fieldsFor('password'), typed('password')).problems)).toEqual([
      'user',
      'password',
    ]);
    expect(Object.keys(readForm(fieldsFor('credential-store'), typed('credential-store')).problems)).toEqual([
      'store',
      'store_cred_id',
    ]);
  });

  it('does not ask again for the login that is kept', () => {
    const { problems } = readForm(fieldsFor('password', 'password'), { ...typed('password'), user: 'u' });
    expect(problems).toEqual({});
    const key = catalog.find((field) => field.name === 'ssh_key_path');
    expect(key && isKeptLogin(key, 'private-key')).toBe(true);
    expect(key && isKeptLogin(key, 'password')).toBe(false);
  });

  it('says how an id is written in the chosen kind of credential store', () => {
    const help = (storeKind: 'cyberark' | 'hashicorp') =>
      fieldsWithLogin(catalog, 'credential-store', { before: null, storeKind, ways: loginWays }).find(
        (field) => field.name === 'store_cred_id',
      )?.help;
    expect(help('cyberark')).toContain('param=value');
    expect(help('hashicorp')).toContain('root path');
  });

  it('knows every flag of the catalog it stands for', () => {
    const names = new Set(catalog.map((field) => field.name));
    for (const name of ['user', 'password', 'ssh_key_path', 'ssh_key_password', 'store', 'store_cred_id'])
      expect(names).toContain(name);
  });
});

describe('what is sent of it', () => {
  it('is never the choice itself', () => {
    expect(withoutChoice({ name: 'web', log_in_with: 'password' })).toEqual({ name: 'web' });
    expect(wayOf({ log_in_with: 'private-key' })).toBe('private-key');
    expect(wayOf({ log_in_with: 'nonsense' })).toBe('password');
  });

  it('takes the credential store away when it is left, and only then', () => {
    const left = loginChanges({ log_in_with: 'password', password: 'p' }, 'credential-store', 'password');
    expect(left).toEqual({ password: 'p', store: null, store_cred_id: null });
    expect(
      loginChanges({ log_in_with: 'private-key', ssh_key_path: '/k' }, 'password', 'private-key'),
    ).toEqual({ ssh_key_path: '/k' });
    expect(loginChanges({ host: 'b' }, 'credential-store', 'credential-store')).toEqual({ host: 'b' });
  });
});

describe('an endpoint that logs in with a credential store', () => {
  const endpoint: Endpoint = {
    id: 'ep_1',
    name: 'web',
    type: 'nginx',
    connection: {
      type: 'ssh',
      host: 'web1',
      port: 22,
      user: '',
      auth: 'credential-store',
      hostKey: null,
      store: 'cs_1',
      storeCredentialId: 'web/1',
    },
    settings: { type: 'nginx', nginxConfigPath: null, nginxPath: null },
    policy: { autoApprove: false, autoRenew: true, authorityId: null, keyType: null },
    probe: null,
    discoveredAt: null,
    createdAt: 0,
    updatedAt: 0,
  };

  it('is edited with the name of the store, not with its id', () => {
    expect(endpointValues(endpoint, [], [{ id: 'cs_1', name: 'vault1' }])).toMatchObject({
      log_in_with: 'credential-store',
      store: 'vault1',
      store_cred_id: 'web/1',
    });
  });

  it('is named without a user when it has none', () => {
    expect(connectionText(endpoint)).toBe('SSH web1');
  });
});
