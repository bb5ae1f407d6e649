import { Failure } from '#shared/failure.ts';
import type { FileFacts, FileSum } from '../connection.ts';
import type { FileTrouble } from './file-failures.ts';
import { exits } from './posix-exits.ts';

const kinds: Record<number, FileFacts['kind']> = { 32768: 'file', 16384: 'directory' };

/** Parses the output of the `stat` script. */
export function readStat(path: string, output: string): FileFacts {
  const [numbers = '', user = '', group = '', ...rest] = output.split('\n');
  const [raw = '', size, uid, gid, seconds, names] = numbers.split(' ');
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
    names: Number(names) || 1,
    modifiedAt: Number(seconds) * 1000,
  };
}

/** Parses the output of the `sums` script about these paths; null when it is not about all of them. */
export function readSums(paths: readonly string[], output: string): FileSum[] | null {
  const parts = output.split('\0');
  const lines = parts.at(-1)?.split('\n').slice(0, -1) ?? [];
  if (parts.length !== paths.length + 1 || lines.length !== paths.length) return null;
  const sums = paths.map((path, at) => {
    const [sha256 = ''] = /[0-9a-f]{64}(?= )/.exec(lines[at]?.slice(0, 66) ?? '') ?? [];
    return { path, realPath: parts[at] ?? '', sha256 };
  });
  return sums.every(({ sha256 }) => sha256 !== '') ? sums : null;
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
  if (code === exits.notAFile) return 'not-a-file';
  if (code === exits.notDirectory) return 'no-directory';
  if (code === exits.damaged) return 'damaged';
  if (code === exits.notKept) return 'rights-not-kept';
  const found = said.find(([pattern]) => pattern.test(stderr))?.[1];
  if (found !== undefined) return found;
  return code === exits.notOwned ? 'denied' : 'failed';
}
