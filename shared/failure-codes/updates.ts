import { codesAbout } from './code.ts';

/** Updates of Trustkeep itself. */
export const updatesCodes = {
  ...codesAbout('other', {
    'update.busy': ['later', 'A task is at work, and Trustkeep does not restart during it.'],
    'update.by-package': ['needs-person', 'Another program updates this package of Trustkeep.'],
    'update.did-not-take': ['needs-person', 'The installer ran, and the version is still the previous one.'],
    'update.disk-full': ['later', 'There is not enough space for the update.'],
    'update.feed-missing': ['later', 'There is no feed for this system at the address.'],
    'update.file-missing': ['later', 'The file that the feed names cannot be fetched.'],
    'update.folder-not-writable': ['needs-person', 'The update cannot be stored in the data directory.'],
    'update.no-feed': ['needs-person', 'No address for updates is set, and none is built in.'],
    'update.no-keys': ['needs-person', 'This build holds no key to check updates with.'],
    'update.no-previous': ['never', 'No previous version is kept.'],
    'update.not-a-feed': ['later', 'What is at the address is no feed for updates.'],
    'update.not-signed': ['later', 'The signature of the update is missing or wrong.'],
    'update.not-writable': ['needs-person', 'The account is not allowed to replace the program.'],
    'update.nothing-to-cancel': ['never', 'No update is being downloaded.'],
    'update.nothing-to-install': ['never', 'No newer version is there to be installed.'],
    'update.other-publisher': ['never', 'The installer does not carry the signature of the publisher.'],
    'update.policy': ['needs-person', 'An administrator of this machine has decided the setting.'],
    'update.policy-unreadable': ['needs-person', 'The policy of this machine cannot be read.'],
    'update.tampered': ['later', 'The downloaded file is not the one that was signed.'],
  }),
};
