import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '#shared/failure.ts';

const ours = /^(trustkeep\.db.*|agent\.lock|master\.key)$/i;

/**
 * Refuses (`usage`) a data directory that is a whole drive or holds something else: all that is in it would be given to
 * the service. One that is not there yet, is empty, or was a data directory before is taken. `keyFile`: a name in it, where the
 * master key is to be kept under another than the usual one. Throws what the system says of one that cannot be read.
 */
export function refuseOtherDirectory(directory: string, keyFile: string | null): void {
  const names = namesIn(directory);
  // a file system of its own has a folder for what it finds
  const known = ['run', 'logs', 'lost+found', keyFile];
  const isOnly = names.every((name) => known.includes(name.toLowerCase()));
  const isDrive = dirname(directory) === directory;
  if (!isDrive && (isOnly || names.some((name) => ours.test(name)))) return;
  throw new Failure(
    'usage',
    `${directory} is no data directory of Trustkeep: ${isDrive ? 'it is a whole drive' : 'other files are in it'}.`,
    {
      hint: 'Name one that is empty or not there yet: only the service and administrators can open it then.',
    },
  );
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code !== 'ENOTDIR') throw error;
    throw new Failure('usage', `${directory} is a file, where the data directory is to be.`, {
      hint: 'Name a directory that is empty or not there yet.',
      cause: error,
    });
  }
}
