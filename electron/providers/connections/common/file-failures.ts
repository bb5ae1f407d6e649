import { never } from '#kit/never.ts';
import { Failure, type FailureOptions } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';

/** What was being done to a file when it went wrong. */
export type FileWork = 'examine' | 'read' | 'hash' | 'write' | 'copy' | 'rename' | 'remove' | 'list';

export type FileTrouble =
  | 'missing'
  | 'denied'
  | 'disk-full'
  | 'read-only'
  | 'is-directory'
  | 'not-a-file'
  | 'no-directory'
  | 'name-too-long'
  | 'owner-unknown'
  | 'rights-not-kept'
  | 'damaged'
  | 'too-large'
  | 'in-use'
  | 'failed';

/** Who works where, for sentences. */
export interface Place {
  /** `web1`, `this machine`. */
  host: string;
  user: string;
  /** How to get more rights there. */
  remedy: string;
}

/** Largest file that is read as a whole. */
export const largestRead = 16 * 1024 * 1024;
/** A temporary file older than this was left by a write that was cut off; the next write of the path removes it. */
export const leftoverMinutes = 60;

export function fileFailure(
  trouble: FileTrouble,
  work: FileWork,
  path: string,
  place: Place,
  options: Pick<FailureOptions, 'cause' | 'peerSaid'> = {},
): Failure {
  const on = place.host === 'this machine' ? 'on this machine' : `on ${place.host}`;
  const make = (code: FailureCode, sentence: string, hint: string) =>
    new Failure(code, sentence, { ...options, hint });
  switch (trouble) {
    case 'missing':
      return make(
        'file.missing',
        `There is no ${path} ${on}.`,
        'Check the path. One of its directories may be missing.',
      );
    case 'denied':
      return make(
        'file.denied',
        `User ${place.user} is not allowed to ${work} ${path} ${on}: it needs ${neededRight(work, path)}.`,
        place.remedy,
      );
    case 'disk-full':
      return make(
        'file.disk-full',
        `There is not enough space to ${work} ${path} ${on}. Its previous content is unchanged.`,
        'Free some space on that file system (or raise the quota) and try again.',
      );
    case 'read-only':
      return make(
        'file.read-only',
        `${path} ${on} is on a file system that is mounted read-only.`,
        'Mount it writable, or use another path.',
      );
    case 'is-directory':
      return make(
        'file.not-a-file',
        `${path} ${on} is a directory, not a file.`,
        'Enter the path of a file.',
      );
    case 'not-a-file':
      return make(
        'file.not-a-file',
        `${path} ${on} is not a plain file, and is not opened.`,
        'Enter the path of a file.',
      );
    case 'no-directory':
      return make('file.not-a-directory', `${path} ${on} is not a directory.`, 'Check the path.');
    case 'name-too-long':
      return make(
        'file.name-too-long',
        `The name ${path} is too long for ${place.host}.`,
        'Use a shorter path.',
      );
    case 'owner-unknown':
      return make(
        'file.owner-unknown',
        `The owner for ${path} does not exist ${on}.`,
        'Create the user or group.',
      );
    case 'rights-not-kept':
      return make(
        'file.rights-not-kept',
        `The access control list, extended attributes or label of ${path} ${on} cannot be given to its new file. Its previous content is unchanged.`,
        'Install the packages acl and attr there, and check that the account is allowed to set them.',
      );
    case 'damaged':
      return make(
        'file.damaged',
        `The content of ${path} was damaged on its way to ${place.host}. The previous content is unchanged.`,
        'Try again. If this continues, check the network and the disk of that machine.',
      );
    case 'too-large':
      return make(
        'file.too-large',
        `${path} ${on} is larger than ${largestRead / 1024 / 1024} MiB and is not read.`,
        'Check the path: certificates, keys and configurations are much smaller.',
      );
    case 'in-use':
      return make(
        'file.in-use',
        `Another program on ${place.host} has ${path} open and lets no one ${work} it. It is unchanged.`,
        'Trustkeep will try again automatically. If this continues, end the program that has the file open, or give it a restart script.',
      );
    case 'failed':
      return make(
        'file.failed',
        `Trustkeep could not ${work} ${path} ${on}.`,
        'Check the message of the system.',
      );
    default:
      return never(trouble);
  }
}

function neededRight(work: FileWork, path: string): string {
  switch (work) {
    case 'examine':
      return `permission to search ${directoryOf(path)}`;
    case 'read':
    case 'hash':
      return 'permission to read the file';
    case 'list':
      return 'permission to read the directory';
    case 'write':
    case 'copy':
      return `permission to write in ${directoryOf(path)} and to keep the owner of the file`;
    case 'rename':
    case 'remove':
      return `permission to write in ${directoryOf(path)}`;
    default:
      return never(work);
  }
}

function directoryOf(path: string): string {
  return /^(.*[^/\\])[/\\][^/\\]*$/s.exec(path)?.[1] ?? '/';
}

/** Refuses what no adapter could hand to an operating system unharmed. */
export function mustBeUsable(path: string, isAbsolute: (path: string) => boolean): void {
  if (path.includes('\0') || !isAbsolute(path)) {
    throw new Failure('file.path-invalid', `${JSON.stringify(path)} is not an absolute path.`, {
      hint: 'Enter the full path, starting at the root.',
    });
  }
}
