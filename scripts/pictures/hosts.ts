import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCa, makeLeaf } from '../../test/make/certificates.ts';
import type { Account } from '../../test/servers/account.ts';
import { run } from '../electron/run.ts';

/** A site that nginx serves on a host: its name, and how many days its certificate is still valid. */
interface Site {
  name: string;
  days: number;
}

export interface Host {
  name: string;
  address: string;
  sites: readonly Site[];
  /** More files below /etc/nginx, scripts among them. */
  files?: Readonly<Record<string, string>>;
}

interface Hosts {
  /** A key that opens every host, as the user `deploy`. */
  keyFile: string;
  /** The host's own programs find it out of order from now on, or in order again. */
  maintain(host: string, yes: boolean): void;
}

/** Beside the configuration of a host while it is out of order. */
export const inMaintenance = '/etc/nginx/in-maintenance';

const day = 24 * 3600_000;

/**
 * Makes the hosts of the pictures: each an address with a name, where a real sshd and a real nginx listen at
 * their usual ports, in a view of the file system in which /etc/nginx and /run are the host's own. To be called in
 * namespaces of its own (`unshare`), with which everything ends.
 */
export async function startHosts(
  directory: string,
  hosts: readonly Host[],
  person: Account | null,
): Promise<Hosts> {
  await run(['ip', 'link', 'set', 'lo', 'up']);
  for (const { address } of hosts) await run(['ip', 'address', 'add', address, 'dev', 'lo']);
  await overlay(directory, '/etc/hosts', hosts.map(({ address, name }) => `${address} ${name}\n`).join(''));
  // root, and who sits at the desktop, under names that they would have somewhere
  const names = person === null ? '' : `ann:x:${person.uid}:${person.gid}::/nonexistent:/usr/sbin/nologin\n`;
  await overlay(directory, '/etc/passwd', 'deploy:x:0:0::/root:/bin/sh\n', names);
  await overlay(directory, '/etc/shadow', 'deploy:*:19000:0:99999:7:::\n');
  const key = join(directory, 'id_ed25519');
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'pictures', '-f', key]);
  await Promise.all(hosts.map((host) => start(directory, host, `${key}.pub`)));
  return {
    keyFile: key,
    maintain(host, yes) {
      const mark = join(directory, host, 'nginx', basename(inMaintenance));
      if (yes) writeFileSync(mark, '');
      else rmSync(mark);
    },
  };
}

/** The file with more at its end and its beginning, for all that is started from here. */
async function overlay(directory: string, file: string, more: string, first = ''): Promise<void> {
  const own = join(directory, file.replaceAll('/', '-').slice(1));
  writeFileSync(own, first + readFileSync(file, 'utf8') + more, { mode: 0o644 });
  await run(['mount', '--bind', own, file]);
}

async function start(directory: string, host: Host, authorized: string): Promise<void> {
  const own = join(directory, host.name);
  const etc = join(own, 'nginx');
  mkdirSync(join(etc, 'tls'), { recursive: true });
  const ca = makeCa({ commonName: 'Example Issuing CA' });
  for (const { name, days } of host.sites) {
    const now = Date.now();
    const dates = { notBefore: now - 80 * day, notAfter: now + days * day };
    const { chainPem, keyPem } = makeLeaf(ca, { names: [name], ...dates });
    writeFileSync(join(etc, 'tls', `${name}.crt`), chainPem);
    writeFileSync(join(etc, 'tls', `${name}.key`), keyPem, { mode: 0o600 });
    writeFileSync(join(etc, 'tls', `${name}.pem`), chainPem + keyPem, { mode: 0o600 });
  }
  for (const [name, text] of Object.entries(host.files ?? {})) {
    writeFileSync(join(etc, name), text);
    chmodSync(join(etc, name), 0o755);
  }
  writeFileSync(join(etc, 'nginx.conf'), configuration(host));
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(own, 'host-key')]);
  writeFileSync(join(own, 'sshd_config'), sshd(own, host, authorized));
  const script = [
    'mount -t tmpfs none /run && mkdir /run/sshd && mount --bind "$1/nginx" /etc/nginx',
    '/usr/sbin/nginx && exec /usr/sbin/sshd -D -f "$1/sshd_config"',
  ].join(' && ');
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', own], { stdio: 'inherit' });
  await Promise.all([listens(child, host.address, 22), listens(child, host.address, 443)]);
}

function configuration({ address, sites, files }: Host): string {
  const servers = sites.map(({ name }) => {
    const [certificate, key] = files === undefined ? ['crt', 'key'] : ['pem', 'pem'];
    return `  server {
    listen ${address}:443 ssl;
    server_name ${name};
    ssl_certificate /etc/nginx/tls/${name}.${certificate};
    ssl_certificate_key /etc/nginx/tls/${name}.${key};
    return 204;
  }`;
  });
  return `pid /run/nginx.pid;
error_log /dev/null;
events { }
http {
  access_log off;
${servers.join('\n')}
}
`;
}

function sshd(own: string, { address }: Host, authorized: string): string {
  return [
    `ListenAddress ${address}`,
    'Port 22',
    `HostKey ${join(own, 'host-key')}`,
    `AuthorizedKeysFile ${authorized}`,
    'PidFile none',
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'UsePAM no',
    'UseDNS no',
    '',
  ].join('\n');
}

async function listens(child: ChildProcess, host: string, port: number): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    if (child.exitCode !== null) throw new Error(`${host} did not start`);
    if (await accepts(host, port)) return;
    await sleep(25);
  }
  throw new Error(`nothing listens at ${host}:${port}`);
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
