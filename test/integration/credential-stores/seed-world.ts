import { join } from 'node:path';
import { expect } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { startAgent, type TestAgent } from '#test/make/agent.ts';
import { cli } from '#test/make/cli.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { type CcpStrict, startCcpStrict } from '#test/servers/ccp-strict.ts';
import { type ClientCa, makeClientCa } from '#test/servers/client-certificates.ts';
import type { SecretServerStrict } from '#test/servers/secret-server-script.ts';
import { startSecretServerStrict } from '#test/servers/secret-server-strict.ts';
import { fixtureOverApi, type VaultFixture } from '#test/servers/vault-fixture.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';
import { type Filling, type Line, secret, words } from './seed-lines.ts';

interface SeedPeers {
  vault: VaultServer;
  fixture: VaultFixture;
  ccp: CcpStrict;
  clients: ClientCa;
  secretServer: SecretServerStrict;
  /** What opens the Vault. */
  roleId: string;
  token: string;
  /** What opens the CCP. */
  pfx: { file: string; serial: string };
}

/** One peer of each kind with something to read in it, and an agent to type lines to. */
export async function startSeedWorld(): Promise<SeedWorld> {
  const directory = tempDirectory('seed-commands');
  const vault = await startVault({ tls: false });
  const clients = await makeClientCa();
  const pfx = await clients.pfx('agent', secret('pfx'));
  const peers: SeedPeers = {
    ...{ vault, clients, pfx },
    ...(await fillVault(vault)),
    ccp: await startCcp(clients, pfx.serial),
    secretServer: await startSecretServer(),
  };
  const http = trusting([peers.ccp.caPem, peers.secretServer.caPem]);
  const agent = await startAgent({
    dataDirectory: join(directory.path, 'data'),
    overrides: { storeTools: { http: () => http } },
  });
  return new SeedWorld(directory, peers, http, agent);
}

export class SeedWorld {
  readonly peers: SeedPeers;
  readonly agent: TestAgent;
  /** All that was printed. */
  output = '';
  readonly #directory: ReturnType<typeof tempDirectory>;
  readonly #http: Http;

  constructor(directory: ReturnType<typeof tempDirectory>, peers: SeedPeers, http: Http, agent: TestAgent) {
    this.#directory = directory;
    this.peers = peers;
    this.#http = http;
    this.agent = agent;
  }

  path(name: string): string {
    return join(this.#directory.path, name);
  }

  async type(line: Line, filling: Filling = {}) {
    const run = await cli(words(line, filling), { running: this.agent.call });
    this.output += run.stdout + run.stderr;
    return run;
  }

  /** What it prints; nothing may stand on standard error but warnings and notes. */
  async carriedOut(line: Line, filling: Filling = {}): Promise<string> {
    const { code, stdout, stderr } = await this.type(line, filling);
    expect({ code, stderr: stderr.replace(/^(Warning|Note): .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  show(storename: string) {
    return this.agent.call.credentialStores.show({ storename });
  }

  /** The names of what is sealed for a store. */
  async sealed(storename: string): Promise<string[]> {
    return this.agent.database.secrets.list((await this.show(storename)).id).sort();
  }

  /** A new SecretID, or a token that wraps one. */
  secretId(wrapped: string): Promise<string> {
    const { fixture } = this.peers;
    return wrapped === 'Yes'
      ? fixture.makeWrappedSecretId('approle', 'agent')
      : fixture.makeSecretId('approle', 'agent');
  }

  inVault() {
    const { vault, token, roleId } = this.peers;
    const place = { 'vault-url': vault.url, 'root-path': 'kv/servers', 'path-of-secret': 'web1' };
    return { ...place, token, 'role-id': roleId };
  }

  inCcp() {
    return { 'ccp-url': this.peers.ccp.url, 'query-string': 'Safe=Web;Object=web1' };
  }

  inSecretServer() {
    const { url } = this.peers.secretServer;
    return { 'server-url': url, username: 'agent', password: secret('login'), 'secret-id': '12' };
  }

  pfxLogin() {
    return { 'authcert-file-path': this.peers.pfx.file, 'password-of-authcert': secret('pfx') };
  }

  async stop(): Promise<void> {
    const { vault, ccp, secretServer, clients } = this.peers;
    await this.agent.close();
    await this.#http.close();
    await Promise.all([vault.stop(), ccp.stop(), secretServer.stop(), clients.remove()]);
    this.#directory.remove();
  }
}

async function fillVault(vault: VaultServer) {
  const fixture = fixtureOverApi({ ...vault, token: vault.rootToken, prefix: 'seed' });
  const rules = { 'kv/*': ['read'] };
  await fixture.mountKv('kv', 2);
  await fixture.put('kv', 2, 'servers/web1', { username: 'deploy', password: secret('kv') });
  await fixture.enableAppRole('approle');
  const { roleId } = await fixture.makeRole('approle', 'agent', { rules });
  return { fixture, roleId, token: await fixture.makeToken({ rules }) };
}

function startCcp(clients: ClientCa, certificateSerial: string): Promise<CcpStrict> {
  return startCcpStrict({
    applications: {
      ByAddress: { safes: ['Web'] },
      ByCert: { safes: ['Web'], certificateSerial },
    },
    accounts: [{ Safe: 'Web', Folder: 'Root', Name: 'web1', UserName: 'root', Content: secret('ccp') }],
    clientCertificates: 'ask',
    clientCaPem: clients.caPem,
  });
}

function startSecretServer(): Promise<SecretServerStrict> {
  return startSecretServerStrict({
    users: { agent: { password: secret('login') } },
    secrets: [
      {
        id: 12,
        path: '\\Servers\\web1',
        items: [
          { slug: 'username', value: 'root' },
          { slug: 'password', value: secret('item'), isPassword: true },
        ],
      },
    ],
  });
}

/** A machine that trusts the private CAs, since the documented lines name none. */
function trusting(roots: readonly string[]): Http {
  const made = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log: silentLog });
  const trusted = { trustedRootsPem: roots.join('\n') };
  return {
    ...made,
    request: (input) => made.request({ ...input, ...trusted }),
    reach: (input) => made.reach({ ...input, ...trusted }),
    close: () => made.close(),
  };
}
