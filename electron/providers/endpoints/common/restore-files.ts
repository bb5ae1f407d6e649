import { fileDifferences, type KeptFile } from '#shared/model/changes/file.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { RestoreReport } from '../endpoint.ts';
import { ledAway, statesOf } from './states.ts';

/**
 * Puts every file back and looks again. Files that are as they were are left alone, so it may be repeated and may start in any
 * state an install can leave behind. What was there before goes first, and what is new stays until all of that is back:
 * configuration must never name files that are gone. A path that became a link, or lies below one, is not touched.
 */
export async function restoreSnapshot(
  connection: HostConnection,
  snapshot: Snapshot,
): Promise<RestoreReport> {
  const files = snapshot.kept.filter((one) => one.kind === 'file');
  const directories = snapshot.kept.flatMap((one) => (one.kind === 'directory' ? [one.path] : []));
  const backward = files.toReversed();
  const old = backward.filter(({ before }) => before !== null);
  const added = backward.filter(({ before }) => before === null);
  const wrong: string[] = [];
  // a look that fails must not keep the others from being brought back
  const different = await stillDifferent(connection, old).catch(() => null);
  for (const [at, file] of old.entries())
    if (different?.[at]?.length !== 0) wrong.push(...(await bringBack(connection, file)));
  wrong.push(...(await stillDifferent(connection, old)).flat());
  if (wrong.length > 0) return notExact(wrong, added.length > 0);
  for (const file of added) wrong.push(...(await takeAway(connection, file)));
  for (const path of directories.toReversed())
    if ((await ledAway(connection, path)).length === 0)
      await connection.exec({ argv: ['rmdir', '--', path], timeoutMs: 30_000 });
  wrong.push(...(await stillDifferent(connection, added)).flat());
  for (const path of directories)
    if ((await connection.stat(path)) !== null) wrong.push(`the directory ${path} still exists`);
  if (wrong.length > 0) return notExact(wrong, false);
  const count = files.length === 1 ? 'file is' : 'files are';
  return {
    exact: true,
    sentence: `The previous state is back: ${files.length} ${count} as before in content, owner and rights.`,
  };
}

function notExact(wrong: readonly string[], newStay: boolean): RestoreReport {
  const stay = newStay
    ? ' The new files were left in place, because the configuration may still name them.'
    : '';
  return { exact: false, sentence: `Not everything is as before: ${[...new Set(wrong)].join('; ')}.${stay}` };
}

async function bringBack(connection: HostConnection, file: KeptFile): Promise<string[]> {
  const { path, keptAt, before } = file;
  const away = await ledAway(connection, path);
  if (away.length > 0) return away;
  if (keptAt === null || (await connection.stat(keptAt)) === null)
    return [`the stored copy of ${path} is missing`];
  const copyAway = await ledAway(connection, keptAt);
  if (copyAway.length > 0) return copyAway;
  if ((await connection.hash(keptAt)) !== before?.sha256) return [`the stored copy ${keptAt} was changed`];
  await connection.copy(keptAt, path);
  return [];
}

async function takeAway(connection: HostConnection, { path }: KeptFile): Promise<string[]> {
  const away = await ledAway(connection, path);
  if (away.length === 0) await connection.remove(path);
  return away;
}

/** What is different about each of these files, in their order. */
async function stillDifferent(connection: HostConnection, files: readonly KeptFile[]): Promise<string[][]> {
  const away = await Promise.all(files.map(({ path }) => ledAway(connection, path)));
  const inPlace = files.filter((_file, at) => away[at]?.length === 0);
  const states = await statesOf(
    connection,
    inPlace.map(({ path }) => path),
  );
  return files.map((file, at) => {
    const { path, before } = file;
    const place = inPlace.indexOf(file);
    if (place < 0) return away[at] ?? [];
    const now = states[place] ?? null;
    if (before === null) return now === null ? [] : [`${path} still exists`];
    return fileDifferences(path, before, now);
  });
}
