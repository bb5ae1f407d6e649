import { readFileSync } from 'node:fs';
import { type CcpStrict, startCcpStrict } from '#test/servers/ccp-strict.ts';
import { makeClientCa } from '#test/servers/client-certificates.ts';
import type { SecretServerStrict } from '#test/servers/secret-server-script.ts';
import { startSecretServerStrict } from '#test/servers/secret-server-strict.ts';
import { haveSquid, type RunningSquid, startSquid } from '#test/servers/squid.ts';
import { fixtureOverApi } from '#test/servers/vault-fixture.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';

/** Gives a value for a door, new unless given, that is searched for from then on. */
export type Plant = (door: string, value?: string) => string;

/** Vaults and a proxy that hold planted secrets, and know the login of a managed host. */
export interface PlantedPeers {
  vault: VaultServer;
  roleId: string;
  ccp: CcpStrict;
  pfx: string;
  secretServer: SecretServerStrict;
  /** Null where there is no Squid. */
  squid: RunningSquid | null;
  stop(): Promise<void>;
}

/** Before processes are watched: the programs that make keys are told passwords on their command lines. */
export async function startPlantedPeers(
  plant: Plant,
  login: { user: string; password: string },
): Promise<PlantedPeers> {
  const vault = await startVault();
  const fixture = fixtureOverApi({ ...vault, token: vault.rootToken, prefix: 'planted' });
  await fixture.mountKv('kv', 2);
  await fixture.put('kv', 2, 'hosts/web', { username: login.user, password: login.password });
  const rules = { 'kv/data/hosts/*': ['read'], 'kv/metadata/hosts/*': ['read', 'list'] };
  plant('token of the vault', await fixture.makeToken({ rules }));
  await fixture.enableAppRole('approle');
  const { roleId } = await fixture.makeRole('approle', 'trustkeep', { rules });
  plant('SecretID on standard input', await fixture.makeSecretId('approle', 'trustkeep'));
  plant('SecretID in a file', await fixture.makeSecretId('approle', 'trustkeep'));
  plant('token that wraps a SecretID', await fixture.makeWrappedSecretId('approle', 'trustkeep'));

  const clients = await makeClientCa();
  const pfx = await clients.pfx('agent', plant('password of the client certificate'));
  plant('key of the client certificate', readFileSync(pfx.file.replace(/pfx$/, 'key'), 'utf8'));
  const ccp = await startCcpStrict({
    applications: { Trustkeep: { safes: ['Web'], certificateSerial: pfx.serial } },
    accounts: [
      {
        ...{ Safe: 'Web', Folder: 'Root', Name: 'web', UserName: login.user, Address: '127.0.0.1' },
        Content: login.password,
      },
    ],
    clientCertificates: 'ask',
    clientCaPem: clients.caPem,
  });
  const secretServer = await startSecretServerStrict({
    users: { agent: { password: plant('password for the Secret Server') } },
    secrets: [
      {
        id: 12,
        path: '\\Servers\\web',
        items: [
          { slug: 'username', value: login.user },
          { slug: 'password', value: login.password, isPassword: true },
        ],
      },
    ],
  });
  const squid = haveSquid()
    ? await startSquid({ auth: 'basic', users: { agent: plant('password of the proxy') } })
    : null;
  return {
    ...{ vault, roleId, ccp, pfx: pfx.file, secretServer, squid },
    async stop() {
      await Promise.all([vault.stop(), ccp.stop(), secretServer.stop(), squid?.stop()]);
      await clients.remove();
    },
  };
}
