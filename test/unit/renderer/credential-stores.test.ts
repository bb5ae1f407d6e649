import { describe, expect, it } from 'vitest';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import type { CredentialView } from '#shared/contract/credentials.ts';
import {
  type CredentialStoreKind,
  type CredentialStoreSettings,
  storeDefinition,
} from '#shared/model/credential-store.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import { changedInput, readForm, startValues } from '../../../renderer/parts/descriptor-form/values.ts';
import { problemOf } from '../../../renderer/parts/passphrase.tsx';
import {
  isDefaultStore,
  keptFields,
  storeFields,
  storeStanding,
  whereText,
} from '../../../renderer/screens/credential-stores/store-text.ts';
import {
  credentialFields,
  foundText,
  holdsText,
  keptFields as keptOfCredential,
  revealLine,
} from '../../../renderer/screens/credentials/credential-text.ts';

const overHttp = { trustedRootsPem: null, verify: null };
const vault: CredentialStoreSettings = {
  kind: 'hashicorp',
  vaultUrl: 'https://vault.example:8200/',
  auth: { type: 'AppRoleSecret', roleId: 'r', wrapped: true },
  rootPath: 'secret/servers',
  namespace: null,
  authMount: 'approle',
  ...overHttp,
};

describe('the form of a credential store', () => {
  const cannotDoWithout: [CredentialStoreKind, string[]][] = [
    ['local', ['storename']],
    ['hashicorp', ['storename', 'vaulturl', 'token', 'rootpath']],
    ['cyberark', ['storename', 'appid', 'ccpurl']],
    ['delinea-secret-server', ['storename', 'url', 'username', 'password']],
  ];
  it.each(cannotDoWithout)('asks for everything %s cannot do without', (kind, wanted) => {
    const values = startValues(credentialStoreCatalog[kind].fields);
    const problems = Object.keys(readForm(storeFields(kind, values, []), values).problems);
    expect(problems).toEqual(wanted);
  });

  it('starts an edit with what is stored, and an untouched edit changes nothing', () => {
    const { fields } = credentialStoreCatalog.hashicorp;
    const before = startValues(fields, { storename: 'v', ...storeDefinition(vault).toFlat(vault) });
    expect(before).toMatchObject({ authtype: 'AppRoleSecret', roleid: 'r', appwrapped: true, secretid: '' });
    const asked = storeFields('hashicorp', before, keptFields({ settings: vault }));
    expect(changedInput(asked, before, before)).toEqual({ changes: {}, problems: {} });
  });

  it('asks for the secret of another way to log in, which is not the one that is kept', () => {
    const before = startValues(credentialStoreCatalog.hashicorp.fields, {
      storename: 'v',
      ...storeDefinition(vault).toFlat(vault),
    });
    const after = { ...before, authtype: 'Token' };
    const asked = storeFields('hashicorp', after, keptFields({ settings: vault }));
    expect(Object.keys(changedInput(asked, before, after).problems)).toEqual(['token']);
  });

  it('asks for the password of a certificate only when there is a certificate', () => {
    const names = (authcert: string) => storeFields('cyberark', { authcert }, []).map((field) => field.name);
    expect(names('')).not.toContain('certpass');
    expect(names('/c.pfx')).toContain('certpass');
  });

  it('takes a kept certificate away with null', () => {
    const before = startValues(credentialStoreCatalog.cyberark.fields, {
      storename: 'c',
      appid: 'a',
      ccpurl: 'https://c',
    });
    const after = { ...before, authcert: null };
    expect(changedInput(credentialStoreCatalog.cyberark.fields, before, after).changes).toEqual({
      authcert: null,
    });
  });
});

describe('what is said of a credential store', () => {
  it('is where it stops, by the name of the step', () => {
    const checks: ProbeCheck[] = [
      { name: 'connect', ok: true, sentence: '' },
      { name: 'log-in', ok: false, sentence: '' },
    ];
    expect(storeStanding({ kind: 'hashicorp', report: { ok: false, checks, at: 0 } })).toEqual({
      shade: 'danger',
      text: 'Failed: Log in',
    });
    expect(storeStanding({ kind: 'hashicorp', report: null }).shade).toBe('unknown');
    expect(storeStanding({ kind: 'local', report: null }).shade).toBe('ok');
  });

  it('is where it lies', () => {
    expect(whereText(vault)).toBe('https://vault.example:8200/secret/servers');
  });

  it('is that the default one is the one of that name', () => {
    expect(isDefaultStore({ kind: 'local', name: 'trustkeep-store' })).toBe(true);
    expect(isDefaultStore({ kind: 'local', name: 'mine' })).toBe(false);
  });
});

describe('a credential in the window', () => {
  const view: CredentialView = {
    store: 'my store',
    id: 'a b',
    username: null,
    hasPassword: true,
    hasPrivateKey: true,
    hasPassphrase: false,
    keySentence: 'ssh-ed25519 SHA256:x',
    about: [],
    usedBy: [],
  };

  it('is described without its secrets', () => {
    expect(foundText(view)).toBe('Found: no user name, a password and ssh-ed25519 SHA256:x.');
    expect(holdsText({ hasPassword: true, privateKey: null })).toBe('Password');
    expect(keptOfCredential(view)).toEqual(['password', 'privatekeypath']);
  });

  it('is revealed by a command line only', () => {
    expect(revealLine(view.store, view.id).text).toBe(
      "trustkeep credstore credentials reveal --storename 'my store' --id 'a b'",
    );
  });

  it('keeps its id when it is edited', () => {
    expect(credentialFields(true).map((field) => field.name)).not.toContain('id');
    expect(credentialFields(false)[0]?.name).toBe('id');
  });
});

describe('a passphrase', () => {
  it('has twelve characters at least and is the same twice', () => {
    expect(problemOf('eleven char', 'eleven char').first).toContain('12');
    expect(problemOf('twelve chars', 'twelve charz').second).toBeDefined();
    expect(problemOf('twelve chars', 'twelve chars')).toEqual({});
  });
});
