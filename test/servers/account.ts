import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A normal user for programs that must not run as root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

const usual = 'trustkeep-test';

/**
 * Chromium refuses its sandbox to root. When the tests run as root this gives a normal user, made on the first call;
 * null when they run as a normal user already, or when none can be made. Another name gives another user.
 */
export function normalAccount(name = usual): Account | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const found = lookUp(name);
  if (found !== null) return found;
  spawnSync('useradd', [
    '--system',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    '--user-group',
    name,
  ]);
  return lookUp(name);
}

function lookUp(name: string): Account | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  if (line === undefined) return null;
  const [, , uid, gid] = line.split(':');
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** The same program, run as that user; it replaces the program that changes the user, so the pid is its own. */
export function runAs(account: Account | null, argv: readonly string[]): string[] {
  if (account === null) return [...argv];
  const { uid, gid } = account;
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...argv];
}

/** Can that user read the file? Root's home, for example, is closed to everybody else. */
export function canRead(account: Account | null, file: string): boolean {
  const [program, ...args] = runAs(account, ['test', '-r', file]);
  return program !== undefined && spawnSync(program, args).status === 0;
}
