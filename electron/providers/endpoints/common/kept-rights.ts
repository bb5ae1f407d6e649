import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { otherNames } from './other-names.ts';
import { dirname } from './paths.ts';

/**
 * Refuses, when a plan is made, files that could not be replaced or would lose what they have beside owner and mode:
 * `node.not-installable`. Gives sentences about what is lost all the same, and about what the host cannot tell.
 */
export async function refuseLostRights(
  connection: HostConnection,
  files: readonly FileChange[],
): Promise<string[]> {
  const there = files.filter(({ before }) => before?.ownership.system === 'posix').map(({ path }) => path);
  const directories = await posixDirectories(connection, files);
  const [rights, flags] = await Promise.all([
    connection.rights(there),
    connection.flags([...there, ...directories]),
  ]);
  for (const [at, path] of there.entries()) {
    const flag = flags[at]?.[0];
    if (flag !== undefined) throw locked(path, flag, 'it cannot be replaced');
    if (rights[at]?.hidesAcl)
      throw refused(
        `${path} has an access control list, and ${connection.description} has no program to read it with, so it would be lost.`,
        'Install the package acl there. Nothing was changed.',
      );
  }
  for (const [at, directory] of directories.entries()) {
    const flag = flags[there.length + at]?.[0];
    if (flag !== undefined) throw locked(directory, flag, 'no file in it can be replaced');
  }
  const noFlags = there.some((_path, at) => flags[at] === null) ? ['the immutable flag (lsattr)'] : [];
  const untold = [...new Set([...rights.flatMap((one) => one.untold), ...noFlags])];
  const others = await otherNames(connection, files);
  if (untold.length === 0) return others;
  return [
    ...others,
    `On ${connection.description}, no program tells whether the files have ${untold.join(', ')}. Any such attribute would be lost when a file is replaced.`,
  ];
}

async function posixDirectories(connection: HostConnection, files: readonly FileChange[]): Promise<string[]> {
  const paths = [...new Set(files.map(({ path }) => dirname(path)))];
  const facts = await Promise.all(paths.map((path) => connection.stat(path)));
  return paths.filter((_path, at) => facts[at]?.system === 'posix');
}

function locked(path: string, flag: string, so: string): Failure {
  const letter = flag === 'immutable' ? 'i' : 'a';
  return refused(
    `${path} is ${flag} (chattr +${letter}), so ${so}.`,
    `Remove the flag with "chattr -${letter}", or manage another file. Nothing was changed.`,
  );
}

const refused = (sentence: string, hint: string): Failure =>
  new Failure('node.not-installable', sentence, { hint });
