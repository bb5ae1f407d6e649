export const backups = {
  title: 'Backup',
  text: 'One encrypted file with everything: endpoints, orders, history and secrets. It can be restored here or on another computer with its passphrase alone.',
  create: 'Create backup…',
  createTitle: 'Create backup',
  createYes: 'Create backup',
  creating: 'Creating…',
  path: 'File',
  createHint: 'Full path of a new file on this computer. Existing files are never overwritten.',
  restoreHint: 'Full path of the backup on this computer.',
  passphraseHint: (length: number) =>
    `At least ${length} characters. Anyone who has the file and this passphrase has every secret. Without the passphrase, the file cannot be read.`,
  needPath: 'Enter the path of a file.',
  made: 'The backup was created',
  size: (bytes: number) =>
    bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`,
  restore: 'Restore…',
  restoreTitle: 'Restore backup',
  restoreYes: 'Check and restore',
  restoring: 'Checking…',
  restoreText:
    'The backup replaces everything here at the next start. The current data is set aside, not deleted.',
  restored: (date: string) => `The backup of ${date} is ready`,
  stop: 'Stop Trustkeep now',
  stopping: 'Trustkeep is stopping. Start it again to use the backup.',
};
