import { randomBytes } from 'node:crypto';
import { allEnded } from '#kit/all-ended.ts';
import { Failure } from '#shared/failure.ts';
import { type FileChange, fileDifferences, type KeptFile } from '#shared/model/changes/file.ts';
import type { Kept } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { belongsTo, isOurs, keptName, noteName } from './names.ts';
import { basename, dirname, join } from './paths.ts';
import { ledAway, refuseDrift, statesOf } from './states.ts';

interface SnapshotRequest {
  nodeKey: string;
  files: readonly FileChange[];
  previousFingerprint: string | null;
  /** Argument vector that starts the server again should it die; left out when it does not run. Awaited while files are copied. */
  startAgain?: Promise<string[] | undefined>;
  /** Existing directory for the note. */
  keepDir: string;
  /** Directories the install makes, outermost first; they go again when restored. */
  newDirectories: readonly string[];
}

/**
 * Copies every file beside itself and then leaves a note that all were made. What is kept comes from the request alone, never
 * from anything that lies on the endpoint: a copy that is there already counts when it is exactly what the request says. The
 * note is empty but for a word to people: that it is there tells that the change was begun and has not ended.
 */
export async function takeSnapshot(
  connection: HostConnection,
  request: SnapshotRequest,
  tag: string,
): Promise<Snapshot> {
  const [files, startAgain] = await allEnded([keep(connection, request.files, tag), request.startAgain]);
  const kept: Kept[] = [...files];
  for (const path of request.newDirectories) kept.push({ kind: 'directory', path });
  await leaveNote(connection, request.keepDir, tag);
  const { nodeKey, previousFingerprint } = request;
  return { nodeKey, kept, previousFingerprint, ...(startAgain === undefined ? {} : { startAgain }) };
}

async function keep(
  connection: HostConnection,
  files: readonly FileChange[],
  tag: string,
): Promise<KeptFile[]> {
  await copyAll(connection, files, tag);
  return keptExactly(connection, files, tag);
}

const note = Buffer.from('Trustkeep keeps copies for a change that is in progress.\n');

/** Renamed from a name that no one can guess: a write would follow a link that was laid where the note is to be. */
async function leaveNote(connection: HostConnection, directory: string, tag: string): Promise<void> {
  const made = `${noteName(directory, tag)}.${randomBytes(8).toString('hex')}`;
  await connection.write(made, note, { mode: 0o600, hidesNothing: true });
  await connection.rename(made, noteName(directory, tag));
}

/** Whether the note is there that `takeSnapshot` leaves and `discardKept` removes. */
export async function isNoted(connection: HostConnection, directory: string, tag: string): Promise<boolean> {
  return isThere(connection, noteName(directory, tag));
}

/**
 * Copies what was not copied before, once content, owner and mode of all of it are known to be as planned. What else a file has
 * is compared when its copy, which takes it all, is read again.
 */
async function copyAll(connection: HostConnection, files: readonly FileChange[], tag: string): Promise<void> {
  const there = await Promise.all(
    files.map(
      async ({ path, before }) => before !== null && (await isThere(connection, keptName(path, tag))),
    ),
  );
  const missing = files.filter((_file, at) => there[at] !== true);
  const states = await statesOf(
    connection,
    missing.map(({ path }) => path),
    'owner and mode',
  );
  refuseDrift(
    missing.flatMap(({ path, before }, at) =>
      fileDifferences(path, before && withoutRights(before), states[at] ?? null),
    ),
    connection,
  );
  const copied = missing.filter(({ before }) => before !== null);
  await connection.copyAll(copied.map(({ path }) => ({ from: path, to: keptName(path, tag) })));
}

const withoutRights = ({ sha256, ownership: own }: NonNullable<FileChange['before']>) => ({
  sha256,
  ownership: own.system === 'posix' ? posix(own.owner, own.group, own.mode) : own,
});

/** What is kept, read again: every copy is exactly the file that is planned to be there. */
async function keptExactly(
  connection: HostConnection,
  files: readonly FileChange[],
  tag: string,
): Promise<KeptFile[]> {
  const copied = files.filter(({ before }) => before !== null).map(({ path }) => keptName(path, tag));
  const [away, states] = await Promise.all([
    Promise.all(copied.map((keptAt) => ledAway(connection, keptAt))),
    statesOf(connection, copied),
  ]);
  return files.map(({ kind, path, before }) => {
    if (before === null) return { kind, path, keptAt: null, before: null };
    const keptAt = keptName(path, tag);
    const at = copied.indexOf(keptAt);
    const found = [...(away[at] ?? []), ...fileDifferences(keptAt, before, states[at] ?? null)];
    if (found.length > 0) {
      throw new Failure('snapshot.not-exact', `The copy of ${path} is not exact: ${found.join('; ')}.`, {
        hint: 'The account must be able to preserve owner and mode of the files. Nothing was changed.',
      });
    }
    const { sha256, ownership } = before;
    return { kind, path, keptAt, before: { sha256, ownership } };
  });
}

const isThere = async (connection: HostConnection, path: string): Promise<boolean> =>
  (await connection.stat(path)) !== null;

interface Discarded {
  snapshot: Snapshot | null;
  /** Of a key that was made; null: of none that is known. */
  keyPath: string | null;
  /** It stays, for a later install. Left out: it is removed. */
  sparesKey?: boolean;
  /** Where something may lie. */
  directories: readonly string[];
}

/**
 * Removes kept copies, new keys and notes made for `tag`: those the snapshot names and those found in `directories`; and what
 * writes of the files it names have left when they were cut off. Rejects with `file.missing` in the end where a directory
 * is gone in which something was kept.
 */
export async function discardKept(
  connection: HostConnection,
  { snapshot, keyPath, sparesKey = false, directories }: Discarded,
  tag: string,
): Promise<void> {
  const files = (snapshot?.kept ?? []).filter((one) => one.kind === 'file');
  const named = files.flatMap(({ keptAt }) =>
    keptAt !== null && belongsTo(basename(keptAt), tag) ? [keptAt] : [],
  );
  const near = (snapshot?.kept ?? []).flatMap((one) => ('path' in one ? [dirname(one.path)] : []));
  const kept = new Set([...named, ...(keyPath === null ? [] : [keyPath])].map(dirname));
  const gone: string[] = [];
  for (const directory of new Set([...directories, ...near, ...kept])) {
    if ((await connection.stat(directory))?.kind !== 'directory') {
      if (kept.has(directory)) gone.push(directory);
      continue;
    }
    const names = await connection.list(directory);
    named.push(...names.filter((name) => belongsTo(name, tag)).map((name) => join(directory, name)));
  }
  // one that was made for an earlier task has the tag of that one in its name
  if (keyPath !== null && !sparesKey && isOurs(basename(keyPath))) named.push(keyPath);
  const spared = sparesKey ? keyPath : null;
  for (const path of new Set(named)) if (path !== spared) await connection.remove(path);
  await connection.removeLeftovers(files.map(({ path }) => path));
  if (gone[0] !== undefined) throw placeGone(connection, gone[0]);
}

function placeGone({ description }: HostConnection, directory: string): Failure {
  return new Failure('file.missing', `The directory ${directory} is not there on ${description}.`, {
    hint: 'Check that its disk is mounted.',
    retry: 'later',
  });
}
