import { Failure } from '#shared/failure.ts';

export function notABackup(path: string): Failure {
  return new Failure('backup.not-a-backup', `${path} is not a backup of Trustkeep.`, {
    hint: 'Name a file that "trustkeep backup create" wrote. Nothing was changed.',
  });
}

export function newerBackup(path: string): Failure {
  return new Failure('backup.newer', `The backup ${path} was made by a newer Trustkeep.`, {
    hint: 'Install that version, or a newer one, and restore it there. Nothing was changed.',
  });
}

export function wrongPassphrase(path: string): Failure {
  return new Failure('backup.wrong-passphrase', `That is not the passphrase of the backup ${path}.`, {
    hint: 'Give the passphrase that was given when this backup was made. Nothing was changed.',
  });
}

export function backupCut(path: string, there: number, whole: number | null): Failure {
  const of = whole === null ? '' : ` of ${whole}`;
  return new Failure('backup.cut', `The backup ${path} is cut off: ${there}${of} bytes are there.`, {
    hint: 'Copy it again from where it was made, or use another backup. Nothing was changed.',
  });
}

export function backupDamaged(path: string, cause?: unknown): Failure {
  return new Failure('backup.damaged', `The backup ${path} is damaged.`, {
    hint: 'Copy it again from where it was made, or use another backup. Nothing was changed.',
    cause,
  });
}

export function backupExists(path: string): Failure {
  return new Failure('backup.exists', `There is already a file ${path}; a backup overwrites nothing.`, {
    hint: 'Name a new file, or remove that one first.',
  });
}

export function unreadableBackup(path: string, cause: unknown): Failure {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new Failure('backup.unreadable', `There is no file ${path}.`, {
      hint: 'Name a backup on the machine of the agent.',
      cause,
    });
  if (code === 'EISDIR') return notABackup(path);
  return new Failure('backup.unreadable', `The backup ${path} cannot be read (${code}).`, {
    hint: 'The account Trustkeep runs as must be allowed to read it.',
    cause,
  });
}

/** Where the backup was to be written. */
export function unwritableBackup(path: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (cause instanceof Failure || code === undefined) return cause;
  if (code === 'EEXIST') return backupExists(path);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('backup.disk-full', `There is no room for ${path}.`, {
      hint: 'Make room there, or name a file on another disk. Nothing was left behind.',
      cause,
    });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new Failure('backup.not-writable', `The directory of ${path} does not exist.`, {
      hint: 'Make it, or name a file in another directory.',
      cause,
    });
  return new Failure('backup.not-writable', `${path} cannot be written (${code}).`, {
    hint: 'The account Trustkeep runs as must be allowed to write there.',
    cause,
  });
}
