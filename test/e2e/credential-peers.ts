import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { tempDirectory } from '#test/make/directory.ts';
import { type CcpStrict, startCcpStrict } from '../servers/ccp-strict.ts';
import { makeClientCa } from '../servers/client-certificates.ts';
import type { SecretServerStrict } from '../servers/secret-server-script.ts';
import { startSecretServerStrict } from '../servers/secret-server-strict.ts';
import { haveSquid, type RunningSquid, startSquid } from '../servers/squid.ts';
import { makeTlsMaterial } from '../servers/tls-material.ts';
import { fixtureOverApi } from '../servers/vault-fixture.ts';
import { startVault, type VaultServer } from '../servers/vault-strict.ts';

/** Secrets that a person types. */
export const typed = {
  pfx: 'typed-pfx-password',
  login: 'typed-login-password',
  proxy: 'typed-proxy-password',
  backup: 'typed backup passphrase',
} as const;

export interface Peers {
  vault: VaultServer;
  /** May read what is below `secret/servers`. */
  token: string;
  ccp: CcpStrict;
  pfxFile: string;
  secretServer: SecretServerStrict;
  /** Null where there is no Squid. */
  squid: RunningSquid | null;
  /** A web server that only the proxy can find. */
  hidden: string;
  stop(): Promise<void>;
}

/** The vaults a company may have, and its proxy. `login` opens the managed host. */
export async function startPeers(login: { username: string; privateKey: string }): Promise<Peers> {
  const vault = await startVault();
  const fixture = fixtureOverApi({ ...vault, token: vault.rootToken, prefix: 'e2e' });
  await fixture.mountKv('secret', 2);
  await fixture.put('secret', 2, 'servers/web2', {
    username: login.username,
    private_key: login.privateKey,
  });
  const token = await fixture.makeToken({ rules: { 'secret/*': ['read'] }, ttl: '1h' });
  const clients = await makeClientCa();
  const pfx = await clients.pfx('agent', typed.pfx);
  const ccp = await startCcpStrict({
    applications: { Trustkeep: { safes: ['Linux'], certificateSerial: pfx.serial } },
    accounts: [{ Safe: 'Linux', Folder: 'Root', Name: 'web3', UserName: 'root', Content: 'kept-by-ccp' }],
    clientCertificates: 'demand',
    clientCaPem: clients.caPem,
  });
  const secretServer = await startSecretServerStrict({
    users: { 'svc-trustkeep': { password: typed.login } },
    secrets: [
      {
        id: 12,
        path: '\\Servers\\web4',
        items: [
          { slug: 'username', value: 'root' },
          { slug: 'password', value: 'kept-by-secret-server', isPassword: true },
        ],
      },
    ],
  });
  const shared = tempDirectory('credentials-e2e');
  const hidden = await startHidden(shared.path);
  const squid = haveSquid()
    ? await startSquid({ auth: 'digest', users: { ann: typed.proxy }, rules: hidden.rules })
    : null;
  return {
    ...{ vault, token, ccp, pfxFile: pfx.file, secretServer, squid, hidden: hidden.url },
    async stop() {
      await squid?.stop();
      await hidden.stop();
      await secretServer.stop();
      await ccp.stop();
      await vault.stop();
      await clients.remove();
      shared.remove();
    },
  };
}

async function startHidden(directory: string) {
  const name = 'inside.trustkeep.test';
  const tls = await makeTlsMaterial(directory, [name]);
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem }, (_, response) =>
    response.end('ok'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const hosts = join(directory, 'hosts');
  chmodSync(directory, 0o755); // Squid reads the file as a user of its own
  writeFileSync(hosts, `127.0.0.1 ${name}\n`, { mode: 0o644 });
  return {
    url: `https://${name}:${typeof place === 'object' ? place?.port : 0}/`,
    rules: [`hosts_file ${hosts}`],
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
