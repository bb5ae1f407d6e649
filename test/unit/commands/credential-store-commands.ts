import { afterEach, beforeEach } from 'vitest';
import { makeCommands } from '#test/make/commands.ts';
import { scriptStores, type VaultScript } from '#test/make/credential-stores.ts';

export let made: Awaited<ReturnType<typeof makeCommands>>;
export let vault: VaultScript;

export const vaultUrl = 'https://vault.example:8200';
export const byToken = {
  kind: 'hashicorp' as const,
  storename: 'vault1',
  vaulturl: vaultUrl,
  rootpath: '/secret/servers/',
  token: 'hvs.one',
};
export const byRole = {
  kind: 'hashicorp' as const,
  storename: 'vault1',
  vaulturl: vaultUrl,
  rootpath: 'secret',
  authtype: 'AppRoleSecret',
  roleid: 'role-1',
  secretid: 'sid-1',
};
export const delinea = {
  kind: 'delinea-secret-server' as const,
  storename: 'ss',
  url: 'https://ss.example/SecretServer',
  username: 'agent',
  password: 'pw-1',
};
export const sealed = (id: string) =>
  Object.fromEntries(
    made.database.secrets.list(id).map((name) => [name, made.database.secrets.open(id, name)?.text()]),
  );
export const stored = () => made.database.credentialStores.list().map(({ name }) => name);

/** Every test starts with a new store and a vault that answers as it is told. */
export function prepareStoreCommands(): void {
  beforeEach(async () => {
    made = await makeCommands();
    vault = scriptStores(made.tools);
  });
  afterEach(() => made.close());
}
