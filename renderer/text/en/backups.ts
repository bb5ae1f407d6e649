export const backups = {
  title: 'Backup',
  text: 'One encrypted file with everything: endpoints, orders, history and the secrets. It can be restored here or on another computer, with its passphrase alone.',
  create: 'Make a backup…',
  createTitle: 'Make a backup',
  createYes: 'Make it',
  creating: 'Writing…',
  path: 'File',
  createHint: 'Full path of a new file on this computer. A file that exists is not overwritten.',
  restoreHint: 'Full path of the backup on this computer.',
  passphraseHint: (length: number) =>
    `At least ${length} characters. Whoever has the file and this passphrase has every secret; without it the file is worth nothing to anybody.`,
  needPath: 'Say which file.',
  made: 'The backup was made',
  size: (bytes: number) =>
    bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`,
  restore: 'Restore…',
  restoreTitle: 'Restore a backup',
  restoreYes: 'Check and restore',
  restoring: 'Checking…',
  restoreText:
    'The backup takes the place of everything here at the next start. What is here now is kept aside, not deleted.',
  restored: (date: string) => `The backup of ${date} is ready`,
  stop: 'Stop Trustkeep now',
  stopping: 'Trustkeep is stopping. Start it again to use the backup.',
};
