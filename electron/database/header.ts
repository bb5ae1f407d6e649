import { Failure } from '#shared/failure.ts';
import { readStart } from './files.ts';
import { refuseFuture } from './migrate.ts';
import { damaged } from './sqlite-failure.ts';

/** Marks our databases in SQLite's own header: "TKdb". */
export const applicationId = 0x544b6462;

const headerLength = 100;
const magic = 'SQLite format 3\0';

/**
 * Looks at a file before SQLite does, so that what is not ours stays untouched. Not while this process has it open:
 * closing the file again would drop the locks.
 */
export function refuseForeignFile(path: string): void {
  const start = readStart(path, headerLength);
  if (start.length === 0) return; // none yet, or its very first write was interrupted
  if (start.length < headerLength || start.toString('latin1', 0, magic.length) !== magic)
    throw damaged(path, undefined);
  refuseForeign(path, start.readUInt32BE(68));
  refuseFuture(path, start.readUInt32BE(60));
}

export function refuseForeign(path: string, id: number): void {
  if (id === applicationId) return;
  throw new Failure('database.not-ours', `${path} is not a Trustkeep database.`, {
    hint: 'Choose another data directory. The file was not changed.',
  });
}
