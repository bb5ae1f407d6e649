import { lstatSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { type Backup, listBackups } from './backup.ts';

/** What Trustkeep keeps in a data directory: files and folders. */
const files = [
  'agent.lock',
  'agent.json',
  'master.key',
  ...['', '-wal', '-shm', '-journal', '-ballast', '.restored'].map((end) => `trustkeep.db${end}`),
];
const folders = ['backups', 'run', 'desktop'];

/**
 * Throws `database.planted` when something under a name of ours is not ours alone. In a data directory that others may write
 * to: a link, a file or folder of another account, one with a second name. In one that others may only enter, where a link
 * was laid by its owner and stays: what another account than the owner has. In both: what others may change, copies in
 * `backups` included. Asked before anything is opened; whoever may write there can still do harm afterwards.
 */
export function refusePlanted(dataDirectory: string): void {
  const self = process.geteuid?.();
  if (self === undefined) return; // Windows: the access list of the directory rules
  const { mode, uid } = statSync(dataDirectory);
  if ((mode & 0o033) === 0) return; // no other account comes to what is in it
  for (const { path, isFolder } of namedIn(dataDirectory)) {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) continue;
    const why = (mode & 0o022) === 0 ? null : whyForeign(facts, isFolder, self);
    if (why !== null) throw planted(path, why, dataDirectory);
    refuseChangeable(path, [self, 0, uid]);
  }
}

/** Lazily: what is in a folder is listed after the folder itself was found to be ours. */
function* namedIn(dataDirectory: string): Generator<{ path: string; isFolder: boolean }> {
  for (const name of files) yield { path: join(dataDirectory, name), isFolder: false };
  for (const name of folders) yield { path: join(dataDirectory, name), isFolder: true };
  for (const { path } of copiesIn(dataDirectory)) yield { path, isFolder: false };
}

/** None where this account cannot read them: that is said by who uses them. */
function copiesIn(dataDirectory: string): Backup[] {
  try {
    return listBackups(join(dataDirectory, 'trustkeep.db'));
  } catch {
    return [];
  }
}

function whyForeign(facts: Stats, isFolder: boolean, self: number): string | null {
  if (facts.isSymbolicLink()) return 'it is a symbolic link';
  if (isFolder ? !facts.isDirectory() : !facts.isFile())
    return `it is not a ${isFolder ? 'folder' : 'regular file'}`;
  if (facts.uid !== self) return `it belongs to user ${facts.uid}, not to ${self}`;
  if (!isFolder && facts.nlink > 1) return 'it has a second name (a hard link)';
  return null;
}

/** Of what a link leads to. Root and the owner of the data directory can change everything in it anyway. */
function refuseChangeable(path: string, owners: readonly number[]): void {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return;
  if (!owners.includes(facts.uid))
    throw changeable(path, `it belongs to user ${facts.uid}`, `chown ${owners[0]} ${path}`);
  if ((facts.mode & 0o022) !== 0)
    throw changeable(path, `its mode is 0${(facts.mode & 0o777).toString(8)}`, `chmod go-w ${path}`);
}

function changeable(path: string, why: string, remedy: string): Failure {
  return new Failure('database.planted', `Other accounts can change ${path}: ${why}.`, {
    hint: `Check that no one else changed it, then allow only the account of Trustkeep to write to it (${remedy}). Nothing was changed.`,
  });
}

function planted(path: string, why: string, dataDirectory: string): Failure {
  return new Failure(
    'database.planted',
    `Others can write to the data directory ${dataDirectory}, and ${path} may have been laid there by one of them: ${why}.`,
    {
      hint: `Check that file, remove it if it is not yours, and allow only the account of Trustkeep to write there (chmod go-w ${dataDirectory}). Nothing was changed.`,
    },
  );
}
