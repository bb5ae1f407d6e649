import { Failure, isAboutConnection } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { dirname } from './paths.ts';

/** A line of `/proc/self/mountinfo` (proc_pid_mountinfo(5)). */
interface Mount {
  point: string;
  /** Path within the file system that is mounted, and what holds that. */
  root: string;
  source: string;
  readOnly: boolean;
}

/**
 * Refuses, when a plan is made, files that are mount points, since nothing can be renamed over one, and files on a
 * read-only mount: `node.not-installable`. Hosts that do not tell their mounts are taken at their word. `connection.*`.
 */
export async function refuseMounted(connection: HostConnection, files: readonly FileChange[]): Promise<void> {
  const mounts = mountsIn(await mountinfo(connection));
  for (const { path, before } of files) {
    const mount = mountOf(mounts, before === null ? dirname(path) : path);
    if (mount === null) continue;
    if (mount.readOnly) throw readOnly(path, mount);
    if (mount.point === path) throw mountPoint(path, mount);
    // its copies and its successor are made beside it
    const around = mountOf(mounts, dirname(path));
    if (around?.readOnly) throw readOnly(path, around);
  }
}

/** Empty where the host does not tell. */
async function mountinfo(connection: HostConnection): Promise<string> {
  try {
    return (await connection.read('/proc/self/mountinfo')).toString('utf8');
  } catch (error) {
    if (error instanceof Failure && isAboutConnection(error)) throw error;
    return '';
  }
}

function mountsIn(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [mount = '', fileSystem = ''] = line.split(' - ');
    const [, , , root, point, options] = mount.split(' ');
    const [, source = '', superOptions = ''] = fileSystem.split(' ');
    if (root === undefined || point === undefined || options === undefined) return [];
    const readOnly = `${options},${superOptions}`.split(',').includes('ro');
    return [{ point: unescaped(point), root: unescaped(root), source: unescaped(source), readOnly }];
  });
}

/** Space, tab, line feed and backslash are written as octal numbers. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

/** The one it is on: the nearest, and of several at one place the last. */
function mountOf(mounts: readonly Mount[], path: string): Mount | null {
  const around = mounts.filter(
    ({ point }) => point === path || path.startsWith(point === '/' ? '/' : `${point}/`),
  );
  const longest = Math.max(...around.map(({ point }) => point.length));
  return around.findLast(({ point }) => point.length === longest) ?? null;
}

function mountPoint(path: string, { root, source }: Mount): Failure {
  return new Failure(
    'node.not-installable',
    `${path} is a mount point (it is ${root} of ${source}), so it cannot be replaced.`,
    { hint: 'Mount its directory instead, or manage the file where it comes from. Nothing was changed.' },
  );
}

function readOnly(path: string, { point }: Mount): Failure {
  return new Failure(
    'node.not-installable',
    point === path
      ? `${path} is mounted read-only, so it cannot be replaced.`
      : `${path} is below ${point}, which is mounted read-only, so it cannot be replaced.`,
    {
      hint: 'Mount it so that it can be written, or manage the file where it comes from. Nothing was changed.',
    },
  );
}
