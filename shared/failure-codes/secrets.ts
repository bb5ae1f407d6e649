import { codesAbout } from './code.ts';

/** The master key and what is encrypted with it. */
export const secretsCodes = {
  ...codesAbout('keychain', {
    'keychain.locked': ['later', 'The keychain is locked.'],
    'keychain.missing': ['needs-person', 'The master key is not where it is kept.'],
    'keychain.not-chosen': ['needs-person', 'Where the master key is kept has not been chosen yet.'],
    'keychain.notes-damaged': ['needs-person', 'The notes about the master key in the database are damaged.'],
    'keychain.passphrase-needed': ['needs-person', 'A passphrase is required.'],
    'keychain.passphrase-not-used': [
      'needs-person',
      'A passphrase was given, but the master key is kept elsewhere.',
    ],
    'keychain.unavailable': ['later', 'The place of the master key cannot be used at the moment.'],
    'keychain.write-failed': ['needs-person', 'The master key could not be written to its place.'],
    'keychain.wrong': ['needs-person', 'The master key found is not the one of this database.'],
  }),
  ...codesAbout('other', {
    'recovery-key.mistyped': ['needs-person', 'The recovery key has a typing mistake.'],
    'recovery-key.not-needed': ['needs-person', 'There is no master key to recover yet.'],
    'recovery-key.wrong': ['needs-person', 'The recovery key does not open the secrets stored here.'],
    'secret.damaged': ['needs-person', 'A stored secret is damaged and cannot be opened.'],
    'secret.missing': ['needs-person', 'A secret that the settings name is no longer stored.'],
    'secrets.recovery-key-shown': ['never', 'The recovery key has already been shown, or there is none.'],
  }),
};
