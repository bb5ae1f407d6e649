import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '#shared/failure.ts';

/** Below this a failing write or mapping means "full", whatever SQLite calls it. */
const fullBelowBytes = 1024 * 1024;

/** SQLite's extended code of an error, `SQLITE_…`; empty for everything else. */
export function sqliteCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : '';
}

/** What a person can do something about becomes a Failure; the rest stays what it is. */
export function sqliteFailure(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === '' || code.startsWith('SQLITE_CONSTRAINT')) return error;
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damaged(path, error);
  if (code === 'SQLITE_FULL' || (code.startsWith('SQLITE_IOERR') && freeBytes(path) < fullBelowBytes))
    return diskFull(path, error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new Failure('database.busy', `Another program is writing to the database ${path}.`, {
      hint: 'Try again in a moment.',
      cause: error,
    });
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code))
    return new Failure('database.not-writable', `The database ${path} cannot be opened for writing.`, {
      hint: 'Its file and directory must belong to the account that Trustkeep runs as.',
      peerSaid: `${code}: ${(error as Error).message}`,
      cause: error,
    });
  if (code.startsWith('SQLITE_IOERR'))
    return new Failure('database.io', `The disk under the database ${path} reports an error.`, {
      hint: 'Check the disk and the system log. Nothing that was confirmed is lost.',
      peerSaid: `${code}: ${(error as Error).message}`,
      cause: error,
    });
  return error;
}

export function damaged(path: string, cause: unknown): Failure {
  return new Failure('database.damaged', `The database ${path} is damaged.`, {
    hint: 'Restart Trustkeep: it then uses a verified backup, if there is one.',
    cause,
  });
}

/** Before work that cannot be undone half way: throws `database.disk-full` when so much is not free. */
export function refuseWithoutRoom(path: string, bytes: number): void {
  if (freeBytes(path) < bytes) throw diskFull(path);
}

function diskFull(path: string, cause?: unknown): Failure {
  const free = freeBytes(path);
  const left = Number.isFinite(free) ? ` (${Math.floor(free / 1024)} KB free)` : '';
  return new Failure('database.disk-full', `There is not enough space for the database ${path}${left}.`, {
    hint: `Free some space on the disk of ${dirname(path)}. Nothing that was confirmed is lost.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

export function freeBytes(path: string): number {
  try {
    const facts = statfsSync(dirname(path));
    return facts.bavail * facts.bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
