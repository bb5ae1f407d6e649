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

export async function startPlantedSite(account: Account | null): Promise<PlantedSite> {
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-planted-inputs-'));
  if (account !== null) chownSync(directory, account.uid, account.gid);
  const known = new Map<string, Mark>();
  const keep = (one: Mark): string => {
    known.set(one.door, one);
    return one.value;
  };
  const password = (door: string): string => keep(mark(door, odd));
  const plain = (door: string): string => keep(mark(door, '-'));

  const user = (door: string, sudo: 'none' | 'password' = 'none') =>
    startSshd({ user: { password: password(door), sudo } });
  const [nginx, root, inline, ofVault, ofCcp] = await Promise.all([
    startSite(),
    startSshd(),
    user('the password of an endpoint'),
    user('a password in the vault', 'password'),
    user('a password behind the CCP'),
  ]);
  keep(markedKey('the private key of root, open', root.privateKeyPem));

  /** The key of root under a passphrase of its own. */
  async function lockedKey(name: string, door: string): Promise<{ path: string; pem: string }> {
    const path = join(directory, name);
    writeFileSync(path, root.privateKeyPem, { mode: 0o600 });
    const argv: [string, ...string[]] = [
      'ssh-keygen',
      '-q',
      '-p',
      '-P',
      '',
      '-N',
      plain(`the passphrase of ${door}`),
      '-f',
      path,
    ];
    const { code, stderr } = await exec({ argv, timeoutMs: 20_000 });
    if (code !== 0) throw new Error(stderr.toString());
    if (account !== null) chownSync(path, account.uid, account.gid);
    const pem = readFileSync(path, 'utf8');
    keep(markedKey(door, pem));
    return { path, pem };
  }
  const inlineKey = await lockedKey('id_inline', 'the key of an endpoint');
  const localKey = await lockedKey('id_local', 'the key of a local credential');
  const vaultKey = await lockedKey('id_delinea', 'the key in the Secret Server');

  const vault = await startVault();
  const fixture = fixtureOverApi({ ...vault, token: vault.rootToken, prefix: 'planted' });
  await fixture.mountKv('kv', 2);
  await fixture.put('kv', 2, 'hosts/web', { username: ofVault.user, password: ofVault.password });
  const rules = { 'kv/data/hosts/*': ['read'], 'kv/metadata/hosts/*': ['read', 'list'] };
  keep(marked('the token of the vault', await fixture.makeToken({ rules })));
  await fixture.enableAppRole('approle');
  const { roleId } = await fixture.makeRole('approle', 'trustkeep', { rules });
  keep(marked('the SecretID', await fixture.makeSecretId('approle', 'trustkeep')));
  keep(marked('the token that wraps a SecretID', await fixture.makeWrappedSecretId('approle', 'trustkeep')));

  const clientCa = await makeClientCa();
  const made = await clientCa.pfx('agent', plain('the password of the client certificate'));
  const pfx = join(directory, 'agent.pfx');
  writeFileSync(pfx, readFileSync(made.file), { mode: 0o600 });
  if (account !== null) chownSync(pfx, account.uid, account.gid);
  keep(
    markedKey('the key of the client certificate', readFileSync(made.file.replace(/pfx$/, 'key'), 'utf8')),
  );
  await clientCa.remove();
  const ccp = await startCcpStrict({
    applications: { Trustkeep: { safes: ['Web'], certificateSerial: made.serial } },
    accounts: [
      {
        ...{ Safe: 'Web', Folder: 'Root', Name: 'web', UserName: ofCcp.user, Address: ofCcp.host },
        Content: ofCcp.password ?? '',
      },
    ],
    clientCertificates: 'ask',
    clientCaPem: clientCa.caPem,
  });

  const delinea = await startSecretServerStrict({
    users: { agent: { password: password('the password for the Secret Server') } },
    secrets: [
      {
        id: 12,
        path: '\\Servers\\root',
        items: [
          { slug: 'username', value: 'root' },
          { slug: 'password', value: plain('a password in the Secret Server'), isPassword: true },
          { slug: 'private-key', value: vaultKey.pem, isFile: true },
          {
            slug: 'private-key-passphrase',
            value: known.get('the passphrase of the key in the Secret Server')?.value ?? '',
            isPassword: true,
          },
        ],
      },
    ],
  });
  const squid = await startSquid({ auth: 'basic', users: { agent: plain('the password of the proxy') } });

  for (const door of [
    'of a local credential',
    'in its second version',
    'that was taken back',
    'left behind by another kind',
  ])
    password(`a password ${door}`);
  for (const door of ['for an endpoint', 'in a form that was closed', 'over one that was typed before'])
    password(`a wrong password ${door}`);
  plain('a wrong token of the vault');
  plain('a wrong password of the client certificate');
  plain('a password typed when the window broke');
  plain('the passphrase of a backup');
  plain('a wrong passphrase of a backup');
  keep(mark('the key of an account at an authority'));

  return {
    marks: [...known.values()],
    the(door) {
      const one = known.get(door);
      if (one === undefined) throw new Error(`nothing was planted at ${door}`);
      return one.value;
    },
    nginx,
    pemPath: join(nginx.nginx.dir, 'tls/shop.crt'),
    ssh: { inline, vault: ofVault, ccp: ofCcp, root },
    keys: { inline: inlineKey.path, local: localKey.path },
    ...{ vault, roleId, ccp, pfx, delinea, squid },
    async stop() {
      await Promise.all([nginx.nginx.stop(), ...[root, inline, ofVault, ofCcp].map((one) => one.stop())]);
      await Promise.all([vault.stop(), ccp.stop(), delinea.stop(), squid.stop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
