import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '#kit/exec.ts';
import { type Site, startSite } from '../integration/certify/site.ts';
import type { Account } from '../servers/account.ts';
import { type CcpStrict, startCcpStrict } from '../servers/ccp-strict.ts';
import { makeClientCa } from '../servers/client-certificates.ts';
import type { SecretServerStrict } from '../servers/secret-server-script.ts';
import { startSecretServerStrict } from '../servers/secret-server-strict.ts';
import { type RunningSquid, startSquid } from '../servers/squid.ts';
import { type Sshd, startSshd } from '../servers/sshd.ts';
import { fixtureOverApi } from '../servers/vault-fixture.ts';
import { startVault, type VaultServer } from '../servers/vault-strict.ts';
import { type Mark, mark, marked, markedKey } from './marks.ts';

/** What JSON, addresses, forms and command interpreters each write in another way. */
const odd = ` "\\%&+/'é`;

/** Real servers to log in to, and vaults that know how; every secret that is among them is a mark. */
export interface PlantedSite {
  marks: Mark[];
  /** A mark by its door. */
  the(door: string): string;
  nginx: Site;
  /** A file that every user of the SSH servers may read. */
  pemPath: string;
  ssh: { inline: Sshd; vault: Sshd; ccp: Sshd; root: Sshd };
  /** Paths of the key of root, each with another passphrase. */
  keys: { inline: string; local: string };
  vault: VaultServer;
  roleId: string;
  ccp: CcpStrict;
  pfx: string;
  delinea: SecretServerStrict;
  squid: RunningSquid;
  stop(): Promise<void>;
}

/** The marks by their doors, as they are made. */
class Marks {
  readonly known = new Map<string, Mark>();

  keep(one: Mark): string {
    this.known.set(one.door, one);
    return one.value;
  }

  password = (door: string): string => this.keep(mark(door, odd));
  plain = (door: string): string => this.keep(mark(door, '-'));

  the(door: string): string {
    const one = this.known.get(door);
    if (one === undefined) throw new Error(`nothing was planted at ${door}`);
    return one.value;
  }
}

/** Where files are made that the application reads. */
interface Inputs {
  directory: string;
  account: Account | null;
}

export async function startPlantedSite(account: Account | null): Promise<PlantedSite> {
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-planted-inputs-'));
  const inputs = { directory, account };
  own(inputs, directory);
  const marks = new Marks();
  const [nginx, ssh] = await Promise.all([startSite(), startHosts(marks)]);
  const inline = await lockedKey(inputs, marks, ssh.root, 'id_inline', 'the key of an endpoint');
  const local = await lockedKey(inputs, marks, ssh.root, 'id_local', 'the key of a local credential');
  const kept = await lockedKey(inputs, marks, ssh.root, 'id_delinea', 'the key in the Secret Server');
  const { vault, roleId } = await startPlantedVault(marks, ssh.vault);
  const { ccp, pfx } = await startPlantedCcp(inputs, marks, ssh.ccp);
  const delinea = await startPlantedSecretServer(marks, kept.pem);
  const squid = await startSquid({
    auth: 'basic',
    users: { agent: marks.plain('the password of the proxy') },
  });
  markTyped(marks);
  return {
    marks: [...marks.known.values()],
    the: (door) => marks.the(door),
    nginx,
    pemPath: join(nginx.nginx.dir, 'tls/shop.crt'),
    ssh,
    keys: { inline: inline.path, local: local.path },
    ...{ vault, roleId, ccp, pfx, delinea, squid },
    async stop() {
      await Promise.all([nginx.nginx.stop(), ...Object.values(ssh).map((one) => one.stop())]);
      await Promise.all([vault.stop(), ccp.stop(), delinea.stop(), squid.stop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function own({ account }: Inputs, path: string): void {
  if (account !== null) chownSync(path, account.uid, account.gid);
}

/** SSH servers, each with a secret of its own that lets in. */
async function startHosts(marks: Marks): Promise<PlantedSite['ssh']> {
  const user = (door: string, sudo: 'none' | 'password' = 'none') =>
    startSshd({ user: { password: marks.password(door), sudo } });
  const [root, inline, vault, ccp] = await Promise.all([
    startSshd(),
    user('the password of an endpoint'),
    user('a password in the vault', 'password'),
    user('a password behind the CCP'),
  ]);
  marks.keep(markedKey('the private key of root, open', root.privateKeyPem));
  return { root, inline, vault, ccp };
}

/** The key of root under a passphrase of its own. */
async function lockedKey(inputs: Inputs, marks: Marks, root: Sshd, name: string, door: string) {
  const path = join(inputs.directory, name);
  writeFileSync(path, root.privateKeyPem, { mode: 0o600 });
  const passphrase = marks.plain(`the passphrase of ${door}`);
  const argv = ['ssh-keygen', '-q', '-p', '-P', '', '-N', passphrase, '-f', path] as const;
  const { code, stderr } = await exec({ argv: [...argv], timeoutMs: 20_000 });
  if (code !== 0) throw new Error(stderr.toString());
  own(inputs, path);
  const pem = readFileSync(path, 'utf8');
  marks.keep(markedKey(door, pem));
  return { path, pem };
}

/** A vault with the login of a host, a token, and a role with a SecretID, bare and wrapped. */
async function startPlantedVault(marks: Marks, host: Sshd): Promise<{ vault: VaultServer; roleId: string }> {
  const vault = await startVault();
  const fixture = fixtureOverApi({ ...vault, token: vault.rootToken, prefix: 'planted' });
  await fixture.mountKv('kv', 2);
  await fixture.put('kv', 2, 'hosts/web', { username: host.user, password: host.password });
  const rules = { 'kv/data/hosts/*': ['read'], 'kv/metadata/hosts/*': ['read', 'list'] };
  marks.keep(marked('the token of the vault', await fixture.makeToken({ rules })));
  await fixture.enableAppRole('approle');
  const { roleId } = await fixture.makeRole('approle', 'trustkeep', { rules });
  marks.keep(marked('the SecretID', await fixture.makeSecretId('approle', 'trustkeep')));
  const wrapped = await fixture.makeWrappedSecretId('approle', 'trustkeep');
  marks.keep(marked('the token that wraps a SecretID', wrapped));
  return { vault, roleId };
}

/** A CCP with the login of a host, and the file of the client certificate that it asks for. */
async function startPlantedCcp(
  inputs: Inputs,
  marks: Marks,
  host: Sshd,
): Promise<{ ccp: CcpStrict; pfx: string }> {
  const clientCa = await makeClientCa();
  const made = await clientCa.pfx('agent', marks.plain('the password of the client certificate'));
  const pfx = join(inputs.directory, 'agent.pfx');
  writeFileSync(pfx, readFileSync(made.file), { mode: 0o600 });
  own(inputs, pfx);
  const key = readFileSync(made.file.replace(/pfx$/, 'key'), 'utf8');
  marks.keep(markedKey('the key of the client certificate', key));
  await clientCa.remove();
  const ccp = await startCcpStrict({
    applications: { Trustkeep: { safes: ['Web'], certificateSerial: made.serial } },
    accounts: [
      {
        ...{ Safe: 'Web', Folder: 'Root', Name: 'web', UserName: host.user, Address: host.host },
        Content: host.password ?? '',
      },
    ],
    clientCertificates: 'ask',
    clientCaPem: clientCa.caPem,
  });
  return { ccp, pfx };
}

/** A Secret Server that gives the key of root with its passphrase. */
function startPlantedSecretServer(marks: Marks, pem: string): Promise<SecretServerStrict> {
  const passphrase = marks.the('the passphrase of the key in the Secret Server');
  const password = marks.plain('a password in the Secret Server');
  return startSecretServerStrict({
    users: { agent: { password: marks.password('the password for the Secret Server') } },
    secrets: [
      {
        id: 12,
        path: '\\Servers\\root',
        items: [
          { slug: 'username', value: 'root' },
          { slug: 'password', value: password, isPassword: true },
          { slug: 'private-key', value: pem, isFile: true },
          { slug: 'private-key-passphrase', value: passphrase, isPassword: true },
        ],
      },
    ],
  });
}

/** What is typed into the window besides, right or wrong. */
function markTyped(marks: Marks): void {
  for (const door of [
    'of a local credential',
    'in its second version',
    'that was taken back',
    'left behind by another kind',
  ])
    marks.password(`a password ${door}`);
  for (const door of ['for an endpoint', 'in a form that was closed', 'over one that was typed before'])
    marks.password(`a wrong password ${door}`);
  marks.plain('the password of a mail server');
  marks.plain('the signing secret of a webhook');
  marks.plain('a wrong token of the vault');
  marks.plain('a wrong password of the client certificate');
  marks.plain('a password typed when the window broke');
  marks.plain('the passphrase of a backup');
  marks.plain('a wrong passphrase of a backup');
  marks.keep(mark('the key of an account at an authority'));
}
