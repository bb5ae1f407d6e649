import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { listBackups } from './backup.ts';
import { partPath, readStart, syncDirectory, syncFile } from './files.ts';
import { stagedPath } from './put-restored.ts';

/** Where SQLite keeps the version of ours in the header of the file. */
const versionAt = 60;

/**
 * Lets an older version of Trustkeep, which knows databases up to `schema`, start on this data directory: where the database
 * was changed for a newer one, the backup made right before that takes its place at the next start, and the present one is
 * kept aside. Only while no agent runs. Gives whether the backup is needed; throws `update.no-previous` where none fits.
 */
export function stageForOlderVersion(path: string, schema: number): boolean {
  if (!existsSync(path) || schemaOf(path) <= schema) return false;
  const backup = listBackups(path).find((one) => schemaOf(one.path) <= schema);
  if (backup === undefined)
    throw new Failure(
      'update.no-previous',
      'The previous version cannot open the database, and no backup of it that it could is left.',
      {
        hint: 'Keep this version, or restore a backup that was made before the update.',
      },
    );
  const part = partPath(path);
  try {
    copyFileSync(backup.path, part);
    chmodSync(part, 0o600);
    syncFile(part);
    renameSync(part, stagedPath(path));
    syncDirectory(dirname(path));
  } finally {
    rmSync(part, { force: true });
  }
  return true;
}

/** 0 for what is no database. */
function schemaOf(path: string): number {
  const start = readStart(path, versionAt + 4);
  return start.length < versionAt + 4 ? 0 : start.readUInt32BE(versionAt);
}
