import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import { type FileChange, fileDifferences, type KeptFile } from '#shared/model/changes/file.ts';
import type { Kept } from '#shared/model/changes/index.ts';
import { firstSnapshot, fromFirstSnapshot } from '#shared/model/plan-first-form.ts';
import { type Snapshot, snapshot as snapshotShape } from '#shared/model/snapshot.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { RestoreReport } from '../endpoint.ts';
import { belongsTo, keptName, manifestName } from './names.ts';
import { dirname, join } from './paths.ts';
import { refuseDrift, stateOf } from './states.ts';

/** The note of a complete snapshot, also of one that was taken before plans were lists of changes. */
const manifest = z.union([snapshotShape, firstSnapshot.transform(fromFirstSnapshot)]);

interface SnapshotRequest {
  nodeKey: string;
  files: readonly FileChange[];
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
  const kept = copies.map((copy): Kept => {
    if (copy.status === 'rejected') throw copy.reason;
    return copy.value;
  });
  for (const path of request.newDirectories) kept.push({ kind: 'directory', path });
  const { nodeKey, previousFingerprint, startAgain } = request;
  const snapshot: Snapshot = {
    nodeKey,
    kept,
    previousFingerprint,
    ...(startAgain === undefined ? {} : { startAgain }),
  };
  await connection.write(note, Buffer.from(`${JSON.stringify(snapshot)}\n`), { mode: 0o600 });
  return snapshot;
}

async function keep(connection: HostConnection, file: FileChange, tag: string): Promise<KeptFile> {
  const { kind, path, before } = file;
  if (before === null) {
    refuseDrift(fileDifferences(path, null, await stateOf(connection, path)), connection);
    return { kind, path, keptAt: null, before: null };
  }
  const keptAt = keptName(path, tag);
  if ((await connection.stat(keptAt)) === null) {
    refuseDrift(fileDifferences(path, before, await stateOf(connection, path)), connection);
    await connection.copy(path, keptAt);
  }
  const found = fileDifferences(keptAt, before, await stateOf(connection, keptAt));
  if (found.length > 0) {
    throw new Failure('snapshot.not-exact', `The copy of ${path} is not exact: ${found.join('; ')}.`, {
      hint: 'The account must be able to preserve owner and mode of the files. Nothing was changed.',
    });
  }
  const { sha256, ownership } = before;
  return { kind, path, keptAt, before: { sha256, ownership } };
}

async function readManifest(connection: HostConnection, path: string): Promise<Snapshot | null> {
  if ((await connection.stat(path)) === null) return null;
  return manifest.parse(JSON.parse((await connection.read(path)).toString('utf8')));
}

/**
 * Puts every file back and looks again. Files that are as they were are left alone, so it may be repeated and may
 * start in any state an install can leave behind. Configuration goes first: it must never name files that are gone.
 */
export async function restoreSnapshot(
  connection: HostConnection,
  snapshot: Snapshot,
): Promise<RestoreReport> {
  const files = snapshot.kept.filter((one) => one.kind === 'file');
  const directories = snapshot.kept.flatMap((one) => (one.kind === 'directory' ? [one.path] : []));
  const wrong: string[] = [];
  const backward = files.toReversed();
  for (const file of backward.filter((one) => one.before !== null))
    wrong.push(...(await bringBack(connection, file)));
  for (const file of backward.filter((one) => one.before === null)) await connection.remove(file.path);
  for (const path of directories.toReversed())
    await connection.exec({ argv: ['rmdir', '--', path], timeoutMs: 30_000 });
  for (const file of files) wrong.push(...(await stillDifferent(connection, file)));
  for (const path of directories)
    if ((await connection.stat(path)) !== null) wrong.push(`the directory ${path} still exists`);
  const count = files.length === 1 ? 'file is' : 'files are';
  return wrong.length === 0
    ? {
        exact: true,
        sentence: `The previous state is back: ${files.length} ${count} as before in content, owner and rights.`,
      }
    : { exact: false, sentence: `Not everything is as before: ${[...new Set(wrong)].join('; ')}.` };
}

const isBack = async (connection: HostConnection, file: KeptFile): Promise<boolean> =>
  (await stillDifferent(connection, file)).length === 0;

async function bringBack(connection: HostConnection, file: KeptFile): Promise<string[]> {
  if (await isBack(connection, file)) return [];
  if (file.keptAt === null || (await connection.stat(file.keptAt)) === null)
    return [`the stored copy of ${file.path} is missing`];
  if ((await connection.hash(file.keptAt)) !== file.before?.sha256)
    return [`the stored copy ${file.keptAt} was changed`];
  await connection.copy(file.keptAt, file.path);
  return [];
}

async function stillDifferent(connection: HostConnection, { path, before }: KeptFile): Promise<string[]> {
  const now = await stateOf(connection, path);
  if (before === null) return now === null ? [] : [`${path} still exists`];
  return fileDifferences(path, before, now);
}

/**
 * Removes kept copies, new keys and notes made for `tag`: those the snapshot names and those found in `directories`; and what
 * writes of the files it names have left when they were cut off.
 */
export async function discardKept(
  connection: HostConnection,
  snapshot: Snapshot | null,
  directories: readonly string[],
  tag: string,
): Promise<void> {
  const files = (snapshot?.kept ?? []).filter((one) => one.kind === 'file');
  const named = files.flatMap((file) => (file.keptAt === null ? [] : [file.keptAt]));
  const near = (snapshot?.kept ?? []).flatMap((one) => ('path' in one ? [dirname(one.path)] : []));
  for (const directory of new Set([...directories, ...near])) {
    if ((await connection.stat(directory))?.kind !== 'directory') continue;
    const names = await connection.list(directory);
    named.push(...names.filter((name) => belongsTo(name, tag)).map((name) => join(directory, name)));
  }
  for (const path of new Set(named)) await connection.remove(path);
  await connection.removeLeftovers(files.map(({ path }) => path));
}
