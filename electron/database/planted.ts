import { lstatSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#shared/failure.ts';

/** What Trustkeep keeps in a data directory: files and folders. */
const files = [
  'agent.lock',
  'agent.json',
  'master.key',
  ...['', '-wal', '-shm', '-journal', '-ballast', '.restored'].map((end) => `trustkeep.db${end}`),
];
const folders = ['backups', 'run', 'desktop'];

/**
 * Throws `database.planted` when something under a name of ours in a data directory that others may write to is not ours: a
 * link, a file or folder of another account, or one that others may change. Where only its owner can make files, a link was
 * laid by the owner and stays. Asked before anything is opened; whoever may write there can still do harm afterwards.
 */
export function refusePlanted(dataDirectory: string): void {
  const self = process.geteuid?.();
  if (self === undefined) return; // Windows: the access list of the directory rules
  if ((statSync(dataDirectory).mode & 0o022) === 0) return;
  const named = [
    ...files.map((name) => [name, false] as const),
    ...folders.map((name) => [name, true] as const),
  ];
  for (const [name, isFolder] of named) {
    const path = join(dataDirectory, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    const why = facts === undefined ? null : whyForeign(facts, isFolder, self);
    if (why !== null) throw planted(path, why, dataDirectory);
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

function planted(path: string, why: string, dataDirectory: string): Failure {
  return new Failure(
    'database.planted',
    `Others can write to the data directory ${dataDirectory}, and ${path} may have been laid there by one of them: ${why}.`,
    {
      hint: `Check that file, remove it if it is not yours, and allow only the account of Trustkeep to write there (chmod go-w ${dataDirectory}). Nothing was changed.`,
    },
  );
}
