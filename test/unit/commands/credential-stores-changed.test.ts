import { describe, expect, test } from 'vitest';
import { failureFrom } from '#test/make/commands.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  byRole,
  byToken,
  delinea,
  made,
  prepareStoreCommands,
  sealed,
  stored,
  vault,
} from './credential-store-commands.ts';

prepareStoreCommands();

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
    vault.meanwhile = (state) => {
      state.keepSecret('secret-id', Secret.of('fresh'));
      state.forgetSecret('wrapping-token');
    };
    const changes = { secretid: 'wrap', appwrapped: true };
    await made.call.credentialStores.update({ storename: 'vault1', changes });
    expect(vault.tried.at(-1)?.secrets).toEqual({ 'wrapping-token': 'wrap' });
    expect(sealed(id)).toEqual({ 'secret-id': 'fresh' });
  });
});
