import { Failure } from '#shared/failure.ts';
import { type FileTrouble, type FileWork, fileFailure, type Place } from '../common/file-failures.ts';

/** What a file has beside owner and mode could not be given to the new one; the message is what the programs said. */
export class NotKept extends Error {}

/** It is a pipe, a device or a socket. */
export class NotAFile extends Error {}

/** What an error of the file system means. */
export function troubleOf(error: unknown): FileTrouble {
  if (error instanceof NotKept) return 'rights-not-kept';
  if (error instanceof NotAFile) return 'not-a-file';
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'missing';
    case 'EACCES':
    case 'EPERM':
    case 'EBUSY': // Windows, for a file that somebody holds open
      return 'denied';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'disk-full';
    case 'EROFS':
      return 'read-only';
    case 'EISDIR':
      return 'is-directory';
    case 'ENAMETOOLONG':
      return 'name-too-long';
    default:
      return 'failed';
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Turns what the file system threw into a Failure that names the path. */
export function explain(error: unknown, work: FileWork, path: string, place: Place): Failure {
  if (error instanceof Failure) return error;
  return fileFailure(troubleOf(error), work, path, place, {
    cause: error,
    peerSaid: error instanceof Error ? error.message.slice(0, 300) : undefined,
  });
}
