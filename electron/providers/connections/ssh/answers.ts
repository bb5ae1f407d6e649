import { Failure } from '#shared/failure.ts';
import type { FileTrouble } from '../common/file-failures.ts';
import type { FileFacts } from '../connection.ts';
import { exits, type HostTools, trickyText } from './posix.ts';

/** What the `look` script found. */
export interface HostLook {
  uid: number;
  os: string;
  tools: HostTools;
  /** Path of sudo, when there is one and the user is not root. */
  sudo: string | null;
  /** `free`, or what sudo said. */
  sudoer: string;
}

/** Parses the output of `look`; `host` is for sentences. */
export function readLook(output: string, host: string, user: string): HostLook {
  const end = output.indexOf('\necho=');
  if (end < 0 || output.slice(end + 6) !== trickyText) throw notPosix(host, user);
  const lines = output.slice(0, end).split('\n');
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  const missing = values('missing');
  const [sum] = values('sum');
  const [stat] = values('stat');
  if (sum === undefined) missing.push('sha256sum (or openssl)');
  if (missing.length > 0 || sum === undefined) {
    throw new Failure(
      'ssh.tool-missing',
      `${host} lacks programs that Trustkeep needs: ${missing.join(', ')}.`,
      {
        hint: 'Install them there (coreutils, or BusyBox).',
      },
    );
  }
  return {
    uid: Number(values('uid')[0]),
    os: values('os')[0] ?? 'unknown',
    tools: { stat: stat === 'bsd' ? 'bsd' : 'gnu', sum },
    sudo: values('sudo')[0] ?? null,
    sudoer: values('sudoer')[0] ?? '',
  };
}

export function notPosix(host: string, user: string, said?: string): Failure {
  return new Failure('ssh.not-posix', `${host} does not give user ${user} a POSIX command interpreter.`, {
    hint: 'Trustkeep needs sh, bash, dash, ksh, zsh or BusyBox as the login shell of this user; this version does not support Windows hosts over SSH.',
    peerSaid: said?.slice(0, 300),
  });
}

const kinds: Record<number, FileFacts['kind']> = { 32768: 'file', 16384: 'directory' };

/** Parses the output of the `stat` script. */
export function readStat(path: string, output: string): FileFacts {
  const [numbers = '', user = '', group = '', ...rest] = output.split('\n');
  const [raw = '', size, uid, gid, seconds] = numbers.split(' ');
  const bits = Number.parseInt(raw, 16);
  if (Number.isNaN(bits) || seconds === undefined) {
    throw new Failure('file.failed', `The information about ${path} could not be read.`);
  }
  const realPath = rest.join('\n').replace(/\n$/, '');
  return {
    path,
    realPath: realPath === '' ? path : realPath,
    system: 'posix',
    kind: kinds[bits & 0xf000] ?? 'other',
    size: Number(size),
    mode: bits & 0o7777,
    owner: named(user, uid),
    group: named(group, gid),
    uid: Number(uid),
    gid: Number(gid),
    modifiedAt: Number(seconds) * 1000,
  };
}

/** An id without a name is its own name, as `chown` takes it. */
function named(name: string, id: string | undefined): string {
  return name === '' || name === 'UNKNOWN' ? (id ?? '') : name;
}

const said: readonly [RegExp, FileTrouble][] = [
  [/: (No space left on device|Disk quota exceeded|disk quota exceeded)$/im, 'disk-full'],
  [/: Read-only file system$/im, 'read-only'],
  [/: (Permission denied|Operation not permitted)$/im, 'denied'],
  [/: No such file( or directory)?$/im, 'missing'],
  [/: Is a directory$/im, 'is-directory'],
  [/: File name too long$/im, 'name-too-long'],
  [/(invalid|unknown|illegal) (user|group)/im, 'owner-unknown'],
  [/: Not a directory$/im, 'missing'],
];

/** What went wrong, by the exit code of our script and by what the tools said in the C locale. */
export function troubleOf(code: number | null, stderr: string): FileTrouble {
  if (code === exits.isDirectory) return 'is-directory';
  if (code === exits.notDirectory) return 'no-directory';
  if (code === exits.damaged) return 'damaged';
  const found = said.find(([pattern]) => pattern.test(stderr))?.[1];
  if (found !== undefined) return found;
  return code === exits.notOwned ? 'denied' : 'failed';
}
