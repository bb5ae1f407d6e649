import type { DirectoryChange } from '#shared/model/changes/directory.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { run } from './run.ts';

/** Makes a directory with the owner, mode and access control list of the one it takes after. One that is there stays as it is. */
export async function makeDirectory(
  connection: HostConnection,
  { path, like }: DirectoryChange,
): Promise<void> {
  if ((await connection.stat(path)) !== null) return;
  await run(connection, { argv: ['mkdir', '-p', '-m', '700', '--', path] });
  const model = await connection.stat(like);
  const made = await connection.stat(path);
  if (model === null || made === null) return;
  if (made.owner !== model.owner || made.group !== model.group)
    await run(connection, { argv: ['chown', '--', `${model.owner}:${model.group}`, path] });
  const [rights] = await connection.rights([like]);
  // with a list, what the mode says of the group is the list's mask
  const mode = model.mode & (rights?.hidesAcl === false ? 0o777 : 0o707);
  await run(connection, { argv: ['sh', '-c', open, 'sh', path, mode.toString(8), rights?.acl ?? ''] });
}

/** `$1`: directory, `$2`: mode, `$3`: access control list or empty. */
const open =
  'if [ -n "$3" ]; then printf "%s\\n" "$3" | tr , "\\n" | setfacl --set-file=- -- "$1" || exit; fi; exec chmod "$2" "$1"';

/** Directories of a plan that are not there. One that another install made meanwhile is not ours to remove. */
export async function missingDirectories(connection: HostConnection, plan: InstallPlan): Promise<string[]> {
  const paths = changesOf(plan.changes, 'directory').map(({ path }) => path);
  const facts = await Promise.all(paths.map((path) => connection.stat(path)));
  return paths.filter((_path, i) => facts[i] === null);
}
