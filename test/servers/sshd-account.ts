import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '#kit/exec.ts';

/** The accounts of this machine that a test logs in to. */

export type SudoRight = 'none' | 'nopasswd' | 'password';

export interface UserRequest {
  password?: string;
  sudo?: SudoRight;
  shell?: string;
}

interface SshAccount {
  name: string;
  home: string;
}

export const rootAccount: SshAccount = { name: 'root', home: '/root' };

/** With a random name and a home in `directory`. */
export async function addUser(directory: string, request: UserRequest): Promise<SshAccount> {
  const name = `tk${randomBytes(4).toString('hex')}`;
  const home = join(directory, 'home');
  await must([
    'useradd',
    '--home-dir',
    home,
    '--no-create-home',
    '--shell',
    request.shell ?? '/bin/sh',
    name,
  ]);
  await mkdir(home, { mode: 0o755 });
  const id = Number((await must(['id', '-u', name])).trim());
  const group = Number((await must(['id', '-g', name])).trim());
  await chown(home, id, group);
  // An account without a password counts as locked for sshd; '*' is "none, but not locked".
  if (request.password === undefined) await must(['usermod', '-p', '*', name]);
  else await must(['chpasswd'], `${name}:${request.password}\n`);
  await setSudo(name, request.sudo ?? 'none');
  return { name, home };
}

export async function setSudo(name: string, right: SudoRight): Promise<void> {
  const path = `/etc/sudoers.d/${name}`;
  if (right === 'none') await rm(path, { force: true });
  else {
    const tag = right === 'nopasswd' ? 'NOPASSWD: ' : '';
    await writeFile(path, `${name} ALL=(ALL:ALL) ${tag}ALL\n`, { mode: 0o440 });
  }
}

export async function removeUser(name: string): Promise<void> {
  await setSudo(name, 'none');
  await must(['userdel', '--force', name]);
}

/** What a program prints; throws when it fails. */
export async function must(argv: [string, ...string[]], stdin?: string): Promise<string> {
  const result = await exec({
    argv,
    timeoutMs: 60_000,
    ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin) }),
  });
  if (result.code !== 0) throw new Error(`${argv[0]} failed: ${result.stderr.toString()}`);
  return result.stdout.toString();
}
