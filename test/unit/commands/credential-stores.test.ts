import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { failureFrom, makeCommands, unguessable } from '#test/make/commands.ts';
import { scriptStores, type VaultScript } from '#test/make/credential-stores.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
let vault: VaultScript;
beforeEach(async () => {
  made = await makeCommands();
  vault = scriptStores(made.tools);
});
afterEach(() => made.close());

const vaultUrl = 'https://vault.example:8200';
const byToken = {
  kind: 'hashicorp' as const,
  storename: 'vault1',
  vaulturl: vaultUrl,
  rootpath: '/secret/servers/',
  token: 'hvs.one',
};
const byRole = {
  kind: 'hashicorp' as const,
  storename: 'vault1',
  vaulturl: vaultUrl,
  rootpath: 'secret',
  authtype: 'AppRoleSecret',
  roleid: 'role-1',
  secretid: 'sid-1',
};
const delinea = {
  kind: 'delinea-secret-server' as const,
  storename: 'ss',
  url: 'https://ss.example/SecretServer',
  username: 'agent',
  password: 'pw-1',
};
const sealed = (id: string) =>
  Object.fromEntries(
    made.database.secrets.list(id).map((name) => [name, made.database.secrets.open(id, name)?.text()]),
  );
const stored = () => made.database.credentialStores.list().map(({ name }) => name);

function endpointUsing(store: string, name: string, credentialId = 'web'): Endpoint {
  const endpoint = anEndpoint({
    name,
    connection: {
      type: 'ssh',
      host: 'h',
      port: 22,
      user: '',
      auth: 'credential-store',
      hostKey: null,
      store,
      storeCredentialId: credentialId,
    },
  });
  made.database.endpoints.insert(endpoint);
  return endpoint;
}

describe('adding a credential store', () => {
  test('verifies first, seals the token under its id and shows it to nobody', async () => {
    const token = unguessable();
    const added = await made.call.credentialStores.add({ ...byToken, token });
    expect(added).toMatchObject({
      name: 'vault1',
      kind: 'hashicorp',
      settings: {
        vaultUrl,
        auth: { type: 'Token' },
        rootPath: 'secret/servers',
        namespace: null,
        authMount: 'approle',
        trustedRootsPem: null,
        verify: null,
      },
      report: { ok: true },
      usedBy: [],
      credentials: null,
    });
    expect(added.id).toMatch(/^cs_[0-9a-z]{16}$/);
    expect(vault.tried).toMatchObject([{ secrets: { token } }]);
    expect(vault.closed).toBe(1);
    expect(sealed(added.id)).toEqual({ token });
    expect(JSON.stringify([added, made.audit()])).not.toContain(token);
    expect(made.audit()).toMatchObject([
      {
        action: 'credentialStores.add',
        outcome: 'ok',
        subject: added.id,
        sentence: 'The hashicorp credential store "vault1" was added.',
      },
    ]);
  });

  test('of the local kind needs nobody to answer', async () => {
    const added = await made.call.credentialStores.add({ kind: 'local', storename: 'mine' });
    expect(added).toMatchObject({ settings: { kind: 'local' }, report: null, credentials: 0 });
    expect(vault.tried).toEqual([]);
  });

  const shut: [string, string[], string][] = [
    ['a name nobody knows', ['!resolve'], 'credential-store.unreachable'],
    ['a port nobody listens at', ['resolve', '!connect'], 'credential-store.unreachable'],
    ['a certificate nobody trusts', ['resolve', 'connect', '!tls'], 'credential-store.tls-failed'],
    ['a login that is refused', ['resolve', 'connect', 'tls', '!log-in'], 'credential-store.login-refused'],
  ];
  test.each(shut)('stores nothing after %s', async (_what, steps, code) => {
    vault.steps = steps;
    const before = stored();
    const failure = await failureFrom(made.call.credentialStores.add(byToken));
    const step = steps.at(-1)?.slice(1);
    expect(failure).toMatchObject({
      code,
      message: `What was found at ${step}.`,
      hint: 'Nothing was stored for "vault1".',
    });
    expect(stored()).toEqual(before);
    expect(vault.closed).toBe(1);
    expect(made.audit()).toMatchObject([{ outcome: 'refused', subject: 'vault1' }]);
  });

  test('stores what can be logged in to but not read, with its report', async () => {
    vault.steps = ['connect', 'log-in', '!read'];
    const added = await made.call.credentialStores.add({ ...byToken, verify: 'nowhere' });
    expect(added.report).toMatchObject({ ok: false, checks: [{}, {}, { name: 'read', ok: false }] });
    expect(sealed(added.id)).toEqual({ token: 'hvs.one' });
  });

  test('keeps the SecretID that came out of its wrapping token, and the token no longer', async () => {
    vault.meanwhile = (keep) => {
      keep.keepSecret('secret-id', Secret.of('unwrapped'));
      keep.forgetSecret('wrapping-token');
      keep.keepNote('spent', 'a mark');
    };
    const { id } = await made.call.credentialStores.add({ ...byRole, appwrapped: true });
    expect(vault.tried).toMatchObject([{ secrets: { 'wrapping-token': 'sid-1' } }]);
    expect(sealed(id)).toEqual({ 'secret-id': 'unwrapped' });
    expect(made.database.meta.get(`credential-store/${id}/spent`)).toBe('a mark');
  });

  test('loses nothing when the login fails after the wrapping token was used up', async () => {
    vault.steps = ['resolve', 'connect', 'tls', '!log-in'];
    vault.meanwhile = (keep) => {
      keep.keepSecret('secret-id', Secret.of('unwrapped'));
      keep.forgetSecret('wrapping-token');
    };
    const added = await made.call.credentialStores.add({ ...byRole, appwrapped: true });
    expect(sealed(added.id)).toEqual({ 'secret-id': 'unwrapped' });
    expect(added.report?.ok).toBe(false);
    expect(added.report?.checks.at(-1)?.sentence).toMatch(/^What was found at log-in\. It is stored anyway/);
    expect(made.audit().at(-1)?.sentence).toContain('although it failed at the step log-in');
  });

  test('refuses when the login failed before the wrapping token was used: it is good still', async () => {
    vault.steps = ['!connect'];
    expect((await failureFrom(made.call.credentialStores.add({ ...byRole, appwrapped: true }))).code).toBe(
      'credential-store.unreachable',
    );
    expect(stored()).toEqual(['trustkeep-store']);
  });

  test('says once for each look that nothing is encrypted on the way', async () => {
    vault.steps = ['resolve', 'connect', 'log-in'];
    const plain = await made.call.credentialStores.add({ ...byToken, vaulturl: 'http://vault.example:8200' });
    expect(plain.report?.checks.map(({ name }) => name)).toEqual(['resolve', 'connect', 'tls', 'log-in']);
    expect(plain.report?.checks[2]?.sentence).toContain(
      'The connection to vault.example:8200 is not encrypted',
    );
    const again = await made.call.credentialStores.verify({ storename: 'vault1' });
    expect(again.checks.map(({ name }) => name)).toContain('tls');
    const near = { ...byToken, storename: 'near', vaulturl: 'http://127.0.0.1:8200' };
    expect((await made.call.credentialStores.add(near)).report?.checks).toHaveLength(3);
  });

  test('asks for a place to seal before it asks the vault', async () => {
    const locked = await makeCommands({ locked: true });
    try {
      const script = scriptStores(locked.tools);
      expect((await failureFrom(locked.call.credentialStores.add(byToken))).code).toMatch(/^keychain\./);
      expect(script.tried).toEqual([]);
    } finally {
      locked.close();
    }
  });

  test('is refused while one of the same name is being tried: a token may be good for one use', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    vault.meanwhile = () => held;
    const first = made.call.credentialStores.add(byToken);
    const second = await failureFrom(made.call.credentialStores.add({ ...byToken, storename: 'VAULT1' }));
    expect(second).toMatchObject({ code: 'credential-store.busy', retry: 'later' });
    release();
    await first;
    expect(vault.tried).toHaveLength(1);
  });
});

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

describe('changing a credential store', () => {
  test('keeps what is not named, tries with what is sealed, and forgets what was read', async () => {
    const { id } = await made.call.credentialStores.add({ ...byToken, verify: 'web', namespace: 'team1/' });
    const changed = await made.call.credentialStores.update({
      storename: 'VAULT1',
      changes: { rootpath: 'secret/other', verify: null },
    });
    expect(changed.settings).toMatchObject({ rootPath: 'secret/other', verify: null, namespace: 'team1' });
    expect(vault.tried.at(-1)?.secrets).toEqual({ token: 'hvs.one' });
    expect(vault.forgotten).toEqual([id]);
    expect(made.audit().at(-1)?.sentence).toBe(
      'The credential store "vault1" was changed: rootpath, verify.',
    );
  });

  test('makes that what was read before is not used any more, and so does removing', async () => {
    const { id } = await made.call.credentialStores.add(byToken);
    let asked = 0;
    vault.holds.web = () => {
      const password = Secret.of(`s3cret-${++asked}`);
      const rest = { privateKey: null, passphrase: null, changeInProcess: false, about: [] };
      return { username: 'root', domain: null, password, ...rest };
    };
    const read = async () => (await made.tools.credentials.read(id, 'web')).password?.text();
    expect([await read(), await read()]).toEqual(['s3cret-1', 's3cret-1']);
    await made.call.credentialStores.update({ storename: 'vault1', changes: { rootpath: 'secret/other' } });
    expect(await read()).toBe('s3cret-2');
    await made.call.credentialStores.remove({ storename: 'vault1' });
    await expect(read()).rejects.toMatchObject({ code: 'credential-store.not-found' });
  });

  test('to another way of logging in asks only for what that lacks, and forgets the secrets of the old one', async () => {
    const { id } = await made.call.credentialStores.add(byRole);
    const missing = await failureFrom(
      made.call.credentialStores.update({ storename: 'vault1', changes: { authtype: 'AppRoleFile' } }),
    );
    expect(missing.message).toBe('The authentication type AppRoleFile needs --secretfile.');
    expect(sealed(id)).toEqual({ 'secret-id': 'sid-1' });
    const changes = { authtype: 'AppRoleFile', secretfile: '/run/sid' };
    const changed = await made.call.credentialStores.update({ storename: 'vault1', changes });
    expect(changed.settings).toMatchObject({
      auth: { type: 'AppRoleFile', roleId: 'role-1', secretFile: '/run/sid', wrapped: false },
    });
    expect(sealed(id)).toEqual({});
    const toToken = { authtype: 'Token', token: 'hvs.two' };
    await made.call.credentialStores.update({ storename: 'vault1', changes: toToken });
    expect(sealed(id)).toEqual({ token: 'hvs.two' });
  });

  test('that fails at the login changes nothing at all', async () => {
    const before = await made.call.credentialStores.add(byToken);
    vault.steps = ['connect', '!log-in'];
    const changes = { token: 'hvs.wrong', rootpath: 'else' };
    const failure = await failureFrom(made.call.credentialStores.update({ storename: 'vault1', changes }));
    expect(failure.code).toBe('credential-store.login-refused');
    expect(vault.tried.at(-1)?.secrets).toEqual({ token: 'hvs.wrong' });
    expect(sealed(before.id)).toEqual({ token: 'hvs.one' });
    expect(await made.call.credentialStores.show({ storename: 'vault1' })).toEqual(before);
  });

  test('gives it another name without asking the vault, and the default one keeps its own', async () => {
    await made.call.credentialStores.add(byToken);
    await made.call.credentialStores.update({ storename: 'vault1', new_storename: 'vault2', changes: {} });
    expect(stored()).toEqual(['trustkeep-store', 'vault2']);
    expect(vault.tried).toHaveLength(1);
    expect(made.audit().at(-1)?.sentence).toBe('The credential store "vault1" was renamed to "vault2".');
    const taken = { storename: 'vault2', new_storename: 'trustkeep-STORE', changes: {} };
    expect((await failureFrom(made.call.credentialStores.update(taken))).code).toBe(
      'credential-store.name-taken',
    );
    const fixed = { storename: 'trustkeep-store', new_storename: 'mine', changes: {} };
    expect((await failureFrom(made.call.credentialStores.update(fixed))).code).toBe(
      'credential-store.default-fixed',
    );
    const long = { storename: 'vault2', new_storename: 'x'.repeat(65), changes: {} };
    expect((await failureFrom(made.call.credentialStores.update(long))).message).toBe(
      'New store name must be between 1 and 64 characters long.',
    );
  });

  test('refuses another kind, an unknown option, a secret that it cannot do without', async () => {
    await made.call.credentialStores.add(delinea);
    const update = (more: object) =>
      failureFrom(made.call.credentialStores.update({ storename: 'ss', changes: {}, ...more }));
    expect((await update({ kind: 'hashicorp' })).message).toBe(
      'The credential store "ss" is of the kind delinea-secret-server, not hashicorp.',
    );
    expect((await update({ changes: { vaulturl: 'https://x.example' } })).message).toContain(
      'There is no option "vaulturl"',
    );
    expect((await update({ changes: { password: null } })).message).toContain('needs --password.');
    expect((await update({ changes: { username: '' } })).message).toContain('User name is required');
  });

  test('drops what a new wrapping token replaces', async () => {
    const { id } = await made.call.credentialStores.add(byRole);
    vault.meanwhile = (keep) => {
      keep.keepSecret('secret-id', Secret.of('fresh'));
      keep.forgetSecret('wrapping-token');
    };
    const changes = { secretid: 'wrap', appwrapped: true };
    await made.call.credentialStores.update({ storename: 'vault1', changes });
    expect(vault.tried.at(-1)?.secrets).toEqual({ 'wrapping-token': 'wrap' });
    expect(sealed(id)).toEqual({ 'secret-id': 'fresh' });
  });
});

describe('verifying', () => {
  test('keeps the report and writes a "no" into the audit', async () => {
    await made.call.credentialStores.add(byToken);
    vault.steps = ['resolve', '!connect'];
    const report = await made.call.credentialStores.verify({ storename: 'vault1' });
    expect(report.ok).toBe(false);
    expect((await made.call.credentialStores.show({ storename: 'vault1' })).report).toEqual(report);
    expect(made.audit().at(-1)).toMatchObject({
      action: 'credentialStores.verify',
      outcome: 'refused',
      sentence: 'The credential store "vault1" was verified and failed at the step connect.',
    });
  });

  test('the default store opens what it keeps', async () => {
    const { ok, checks } = await made.call.credentialStores.verify({ storename: 'trustkeep-store' });
    expect(ok).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual(['log-in', 'read']);
  });

  test('of what is not there says what there is to see', async () => {
    const failure = await failureFrom(made.call.credentialStores.verify({ storename: 'nope' }));
    expect(failure).toMatchObject({
      code: 'credential-store.not-found',
      hint: expect.stringContaining('credstore list'),
    });
  });
});

describe('removing', () => {
  test('takes the store with everything sealed for it', async () => {
    const { id } = await made.call.credentialStores.add(byToken);
    await made.call.credentialStores.remove({ storename: 'vault1' });
    expect(stored()).toEqual(['trustkeep-store']);
    expect(sealed(id)).toEqual({});
    expect(vault.forgotten).toEqual([id]);
  });

  test('is refused for the default store', async () => {
    const failure = await failureFrom(made.call.credentialStores.remove({ storename: 'trustkeep-store' }));
    expect(failure.code).toBe('credential-store.default');
  });

  test('is refused with the users while there are any, and the list shows them', async () => {
    const { id } = await made.call.credentialStores.add(byToken);
    for (let i = 10; i < 35; i++) endpointUsing(id, `web${i}`);
    const failure = await failureFrom(made.call.credentialStores.remove({ storename: 'vault1' }));
    expect(failure.code).toBe('credential-store.in-use');
    expect(failure.message).toContain('is used by 25 endpoints: web10, web11,');
    expect(failure.message).toMatch(/, web29 and 5 more\.$/);
    expect(failure.hint).toContain('trustkeep tls update web10 --store STORE --store_cred_id ID');
    const listed = (await made.call.credentialStores.list({})).find(({ name }) => name === 'vault1');
    expect(listed?.usedBy[0]).toMatchObject({ kind: 'endpoint', name: 'web10', credentialId: 'web' });
    expect(listed?.usedBy).toHaveLength(25);
  });
});
