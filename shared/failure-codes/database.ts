import { codesAbout } from './code.ts';

/** What is stored, and copies of it. */
export const databaseCodes = {
  ...codesAbout('other', {
    'backup.busy': ['later', 'A backup is already being created or restored.'],
    'backup.cut': ['needs-person', 'The backup is incomplete.'],
    'backup.damaged': ['needs-person', 'The backup is damaged.'],
    'backup.disk-full': ['needs-person', 'There is not enough space for the backup.'],
    'backup.exists': ['needs-person', 'The file already exists; a backup never overwrites files.'],
    'backup.newer': ['needs-person', 'The backup was created by a newer version.'],
    'backup.not-a-backup': ['needs-person', 'The file is not a Trustkeep backup.'],
    'backup.not-writable': ['needs-person', 'The backup cannot be written there.'],
    'backup.unreadable': ['needs-person', 'The backup cannot be read.'],
    'backup.wrong-passphrase': ['needs-person', 'The passphrase does not open the backup.'],
    'database.backup-failed': ['needs-person', 'A copy made of the database is not exact.'],
    'database.busy': ['later', 'Another program is writing to the database.'],
    'database.damaged': ['needs-person', 'The database is damaged.'],
    'database.disk-full': ['later', 'There is not enough space for the database.'],
    'database.driver-missing': ['never', 'The SQLite library cannot be loaded.'],
    'database.from-the-future': ['needs-person', 'The database was written by a newer version.'],
    'database.gone': ['needs-person', 'The database is gone, but there are backups of it.'],
    'database.gone-without-backup': [
      'needs-person',
      'The database is gone, and of its files none is an intact backup.',
    ],
    'database.io': ['later', 'The disk under the database reports an error.'],
    'database.missing': ['needs-person', 'There is no database in the data directory.', 'not-there'],
    'database.not-gone': ['never', 'The database is there: nothing has to be recovered.'],
    'database.not-ours': ['needs-person', 'The file is not a Trustkeep database.'],
    'database.not-writable': ['needs-person', 'The database cannot be written.'],
    'database.planted': [
      'needs-person',
      'A file in the data directory may have been laid there or changed by someone else.',
    ],
    'database.replaced': ['needs-person', 'The database was damaged, and a backup was put in its place.'],
    'database.restore-failed': ['needs-person', 'The restored database could not be put in its place.'],
    'database.row-damaged': ['needs-person', 'A stored entry cannot be read.'],
    'database.row-gone': ['never', 'The entry no longer exists.'],
    'database.runtime-too-old': ['never', 'The runtime is too old for the database library.'],
    'database.sqlite-too-old': ['never', 'SQLite is too old.'],
  }),
};
