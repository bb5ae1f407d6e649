import { Failure } from '#shared/failure.ts';

export function notABackup(path: string): Failure {
  return new Failure('backup.not-a-backup', `${path} is not a Trustkeep backup.`, {
    hint: 'Choose a file written by "trustkeep backup create". Nothing was changed.',
  });
}

export function newerBackup(path: string): Failure {
  return new Failure('backup.newer', `The backup ${path} was created by a newer version of Trustkeep.`, {
    hint: 'Install that version or a newer one, and restore the backup there. Nothing was changed.',
  });
}

export function wrongPassphrase(path: string): Failure {
  return new Failure('backup.wrong-passphrase', `The passphrase does not open the backup ${path}.`, {
    hint: 'Enter the passphrase that was set when this backup was created. Nothing was changed.',
  });
}

export function backupCut(path: string, there: number, whole: number | null): Failure {
  const of = whole === null ? '' : ` of ${whole}`;
  return new Failure('backup.cut', `The backup ${path} is incomplete: it has ${there}${of} bytes.`, {
    hint: 'Copy it again from where it was created, or use another backup. Nothing was changed.',
  });
}

export function backupDamaged(path: string, cause?: unknown): Failure {
  return new Failure('backup.damaged', `The backup ${path} is damaged.`, {
    hint: 'Copy it again from where it was created, or use another backup. Nothing was changed.',
    cause,
  });
}

export function backupExists(path: string): Failure {
  return new Failure('backup.exists', `The file ${path} already exists. A backup never overwrites files.`, {
    hint: 'Choose a new file, or remove that one first.',
  });
}

export function unreadableBackup(path: string, cause: unknown): Failure {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new Failure('backup.unreadable', `There is no file ${path}.`, {
      hint: 'Enter the path of a backup on the machine of the agent.',
      cause,
    });
  if (code === 'EISDIR') return notABackup(path);
  return new Failure('backup.unreadable', `The backup ${path} cannot be read (${code}).`, {
    hint: 'Allow the account that Trustkeep runs as to read it.',
    cause,
  });
}

/** Where the backup was to be written. */
export function unwritableBackup(path: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (cause instanceof Failure || code === undefined) return cause;
  if (code === 'EEXIST') return backupExists(path);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('backup.disk-full', `There is not enough space for ${path}.`, {
      hint: 'Free some space there, or choose a file on another disk. Nothing was left behind.',
      cause,
    });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new Failure('backup.not-writable', `The directory of ${path} does not exist.`, {
      hint: 'Create it, or choose a file in another directory.',
      cause,
    });
  return new Failure('backup.not-writable', `${path} cannot be written (${code}).`, {
    hint: 'Allow the account that Trustkeep runs as to write there.',
    cause,
  });
}
