import { describe, expect, test } from 'vitest';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { failureFrom, makeCommands, unguessable } from '#test/make/commands.ts';
import { scriptStores } from '#test/make/credential-stores.ts';
import { anEndpoint, anSshConnection } from '#test/make/rows.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  byRole,
  byToken,
  made,
  prepareStoreCommands,
  sealed,
  stored,
  vault,
  vaultUrl,
} from './credential-store-commands.ts';

prepareStoreCommands();

function endpointUsing(store: string, name: string, credentialId = 'web'): Endpoint {
  const endpoint = anEndpoint({
    name,
    connection: anSshConnection({
      user: '',
      auth: 'credential-store',
      store,
      storeCredentialId: credentialId,
    }),
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
    expect([vault.closed, vault.adopted.has(added.id)]).toEqual([0, true]);
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
    vault.meanwhile = (state) => {
      state.keepSecret('secret-id', Secret.of('unwrapped'));
      state.forgetSecret('wrapping-token');
      state.keepNote('spent', 'a mark');
    };
    const { id } = await made.call.credentialStores.add({ ...byRole, appwrapped: true });
    expect(vault.tried).toMatchObject([{ secrets: { 'wrapping-token': 'sid-1' } }]);
    expect(sealed(id)).toEqual({ 'secret-id': 'unwrapped' });
    expect(made.database.meta.get(`credential-store/${id}/spent`)).toBe('a mark');
  });

  test('loses nothing when the login fails after the wrapping token was used up', async () => {
    vault.steps = ['resolve', 'connect', 'tls', '!log-in'];
    vault.meanwhile = (state) => {
      state.keepSecret('secret-id', Secret.of('unwrapped'));
      state.forgetSecret('wrapping-token');
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
    expect(second).toMatchObject({ code: 'credential-store.in-test', retry: 'later' });
    release();
    await first;
    expect(vault.tried).toHaveLength(1);
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
