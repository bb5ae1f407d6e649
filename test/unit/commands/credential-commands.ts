import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { makeCommands } from '#test/make/commands.ts';
import { scriptStores, type VaultScript } from '#test/make/credential-stores.ts';
import { anEndpoint, anSshConnection } from '#test/make/rows.ts';

export let made: Awaited<ReturnType<typeof makeCommands>>;
export let vault: VaultScript;

export const storename = 'trustkeep-store';
const rowOf = (id: string) => {
  const store = made.database.credentialStores.find(storename);
  const row = made.database.credentials.get(store?.id ?? '', id);
  if (row === null) throw new Error(`there is no ${id}`);
  return row;
};
export const sealed = (id: string) => {
  const { rowId } = rowOf(id);
  const { secrets } = made.database;
  return Object.fromEntries(secrets.list(rowId).map((name) => [name, secrets.open(rowId, name)?.text()]));
};

/** A key in a file of its own; with a passphrase when one is given. */
export function keyFile(name: string, passphrase?: string): { path: string; pem: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const locked = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', ...locked }).toString();
  const path = join(made.directory, name);
  writeFileSync(path, pem);
  return { path, pem };
}

export function used(by: string, credentialId: string): void {
  const store = made.database.credentialStores.find(storename)?.id ?? '';
  made.database.endpoints.insert(
    anEndpoint({
      name: by,
      connection: anSshConnection({
        user: '',
        auth: 'credential-store',
        store,
        storeCredentialId: credentialId,
      }),
    }),
  );
}

export const aVault = () =>
  made.call.credentialStores.add({
    kind: 'hashicorp',
    storename: 'vault1',
    vaulturl: 'https://vault.example',
    rootpath: 'secret',
    token: 't',
  });

/** Every test starts with a new store and a vault that answers as it is told. */
export function prepareCredentialCommands(): void {
  beforeEach(async () => {
    made = await makeCommands();
    vault = scriptStores(made.tools);
  });
  afterEach(() => made.close());
}
