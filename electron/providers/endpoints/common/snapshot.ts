import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import type { PlannedFile } from '#shared/model/plan.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { KeptFile, RestoreReport, Snapshot } from '../endpoint.ts';
import { belongsTo, keptName, manifestName } from './names.ts';
import { dirname, join } from './paths.ts';
import { differences, refuseDrift, stateOf } from './states.ts';

const keptFile = z.object({
  path: z.string(),
  keptAt: z.string().nullable(),
  sha256: z.string().nullable(),
  owner: z.string().nullable(),
  group: z.string().nullable(),
  mode: z.number().int().nullable(),
});
const manifest = z.object({
  nodeKey: z.string(),
  files: z.array(keptFile),
  previousFingerprint: z.string().nullable(),
  startAgain: z.array(z.string()).optional(),
});

export interface SnapshotRequest {
  nodeKey: string;
  files: readonly PlannedFile[];
  previousFingerprint: string | null;
  /** Argument vector that starts the server again should it die; left out when it does not run. */
  startAgain?: string[] | undefined;
  /** Existing directory for the note that a snapshot is complete. */
  keepDir: string;
  /** Directories the install makes, outermost first; they go again when restored. */
  newDirectories: readonly string[];
}

/**
 * Copies every file beside itself and then notes the whole in a manifest. With the manifest there, the snapshot is
 * complete and is only read again; without it, copies already made are kept as they are: they are older than any change.
 */
export async function takeSnapshot(
  connection: HostConnection,
  request: SnapshotRequest,
  tag: string,
): Promise<Snapshot> {
  const note = manifestName(request.keepDir, tag);
  const known = await readManifest(connection, note);
  if (known !== null) return known;
  // all have to end before the first failure is told: nobody may copy on behind the caller's back
  const copies = await Promise.allSettled(request.files.map((file) => keep(connection, file, tag)));
  const files = copies.map((copy) => {
    if (copy.status === 'rejected') throw copy.reason;
    return copy.value;
  });
  for (const path of request.newDirectories) files.push({ ...absent, path: `${path}/` });
  const { nodeKey, previousFingerprint, startAgain } = request;
  const snapshot: Snapshot = {
    nodeKey,
    files,
    previousFingerprint,
    ...(startAgain === undefined ? {} : { startAgain }),
  };
  await connection.write(note, Buffer.from(`${JSON.stringify(snapshot)}\n`), { mode: 0o600 });
  return snapshot;
}

const absent = { keptAt: null, sha256: null, owner: null, group: null, mode: null };

async function keep(connection: HostConnection, file: PlannedFile, tag: string): Promise<KeptFile> {
  const { path, before } = file;
  if (before === null) {
    refuseDrift(differences(path, null, await stateOf(connection, path)), connection);
    return { path, ...absent };
  }
  const keptAt = keptName(path, tag);
  if ((await connection.stat(keptAt)) === null) {
    refuseDrift(differences(path, before, await stateOf(connection, path)), connection);
    await connection.copy(path, keptAt);
  }
  const found = differences(keptAt, before, await stateOf(connection, keptAt));
  if (found.length > 0) {
    throw new Failure('snapshot.not-exact', `The copy of ${path} is not exact: ${found.join('; ')}.`, {
      hint: 'The account used must be able to keep owner and mode of the files. Nothing was changed.',
    });
  }
  const { sha256, owner, group, mode } = before;
  return { path, keptAt, sha256, owner, group, mode };
}

async function readManifest(connection: HostConnection, path: string): Promise<Snapshot | null> {
  if ((await connection.stat(path)) === null) return null;
  const { startAgain, ...rest } = manifest.parse(JSON.parse((await connection.read(path)).toString('utf8')));
  return { ...rest, ...(startAgain === undefined ? {} : { startAgain }) };
}

/**
 * Puts every file back and looks again. Files that are as they were are left alone, so it may be repeated and may
 * start in any state an install can leave behind. Configuration goes first: it must never name files that are gone.
 */
export async function restoreSnapshot(
  connection: HostConnection,
  snapshot: Snapshot,
): Promise<RestoreReport> {
  const files = snapshot.files.filter((file) => !file.path.endsWith('/'));
  const directories = snapshot.files.filter((file) => file.path.endsWith('/')).map((file) => file.path);
  const wrong: string[] = [];
  const backward = files.toReversed();
  for (const file of backward.filter((one) => one.sha256 !== null))
    wrong.push(...(await bringBack(connection, file)));
  for (const file of backward.filter((one) => one.sha256 === null)) await connection.remove(file.path);
  for (const path of directories.toReversed())
    await connection.exec({ argv: ['rmdir', '--', path.slice(0, -1)], timeoutMs: 30_000 });
  for (const file of files) wrong.push(...(await stillDifferent(connection, file)));
  for (const path of directories)
    if ((await connection.stat(path.slice(0, -1))) !== null)
      wrong.push(`the directory ${path} is still there`);
  const count = files.length === 1 ? 'file is' : 'files are';
  return wrong.length === 0
    ? {
        exact: true,
        sentence: `The previous state is back: ${files.length} ${count} as before in content, owner and mode.`,
      }
    : { exact: false, sentence: `Not everything is as before: ${[...new Set(wrong)].join('; ')}.` };
}

const isBack = async (connection: HostConnection, file: KeptFile): Promise<boolean> =>
  (await stillDifferent(connection, file)).length === 0;

async function bringBack(connection: HostConnection, file: KeptFile): Promise<string[]> {
  if (await isBack(connection, file)) return [];
  if (file.keptAt === null || (await connection.stat(file.keptAt)) === null)
    return [`the kept copy of ${file.path} is gone`];
  if ((await connection.hash(file.keptAt)) !== file.sha256)
    return [`the kept copy ${file.keptAt} was changed by somebody`];
  await connection.copy(file.keptAt, file.path);
  return [];
}

async function stillDifferent(connection: HostConnection, file: KeptFile): Promise<string[]> {
  const { path, sha256, owner, group, mode } = file;
  const now = await stateOf(connection, path);
  if (sha256 === null || owner === null || group === null || mode === null)
    return now === null ? [] : [`${path} is still there`];
  return differences(path, { sha256, owner, group, mode, size: 0 }, now);
}

/** Removes kept copies, new keys and notes made for `tag`: those the snapshot names and those found in `directories`. */
export async function discardKept(
  connection: HostConnection,
  snapshot: Snapshot | null,
  directories: readonly string[],
  tag: string,
): Promise<void> {
  const named = (snapshot?.files ?? []).flatMap((file) => (file.keptAt === null ? [] : [file.keptAt]));
  const near = (snapshot?.files ?? []).map((file) => dirname(file.path));
  for (const directory of new Set([...directories, ...near])) {
    if ((await connection.stat(directory))?.kind !== 'directory') continue;
    const names = await connection.list(directory);
    named.push(...names.filter((name) => belongsTo(name, tag)).map((name) => join(directory, name)));
  }
  for (const path of new Set(named)) await connection.remove(path);
}
