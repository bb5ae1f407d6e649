import { type AutoupdateStatus, autoupdateSettings } from '#shared/model/update.ts';
import { releaseNotes } from './said-by-others.ts';

const hour = 3_600_000;

/** Of a desktop that updates itself. */
export function quietUpdates(now: number): AutoupdateStatus {
  return {
    state: 'up-to-date',
    sentence: 'Trustkeep 0.1.0 is the newest version for this machine.',
    enabled: true,
    disabledBy: null,
    version: '0.1.0',
    package: 'appimage',
    commands: [],
    settings: autoupdateSettings.parse({}),
    feed: 'https://updates.nordhafen.example/trustkeep/',
    policy: { enabled: null, feed: null, channel: null, install: null },
    byHand: false,
    offered: null,
    progress: null,
    failure: null,
    lastCheckAt: now - 2 * hour,
    lastResult: 'Nothing newer was offered.',
    nextCheckAt: now + 4 * hour,
    previous: null,
  };
}

const offered = {
  version: '0.2.0',
  size: 112_400_000,
  notes: releaseNotes,
  releasedAt: '2026-11-28T08:00:00.000Z',
};

/** The other states that a person may find. */
export const updateScenes: Record<string, (now: number) => AutoupdateStatus> = {
  'update-off': (now) => ({
    ...quietUpdates(now),
    ...{ state: 'disabled', enabled: false, disabledBy: 'policy', nextCheckAt: null },
    sentence: 'Autoupdate is switched off by /etc/trustkeep/policy.json.',
    policy: { ...quietUpdates(now).policy, enabled: '/etc/trustkeep/policy.json' },
  }),
  'update-package': (now) => ({
    ...quietUpdates(now),
    ...{ state: 'disabled', enabled: false, disabledBy: 'package', package: 'deb', nextCheckAt: null },
    sentence:
      'This package (deb) does not update itself. To update, run: sudo apt-get update && sudo apt install --only-upgrade trustkeep',
    commands: ['sudo apt-get update && sudo apt install --only-upgrade trustkeep'],
  }),
  'update-downloading': (now) => ({
    ...quietUpdates(now),
    ...{ state: 'downloading', offered, progress: { percent: 37, bytes: 41_588_000 } },
    sentence: 'Trustkeep 0.2.0 is being downloaded: 37 %.',
  }),
  'update-ready': (now) => ({
    ...quietUpdates(now),
    ...{
      state: 'ready',
      offered,
      previous: {
        version: '0.0.9',
        sentence: 'Trustkeep 0.0.9 is kept and can be put back with one command.',
      },
    },
    sentence: 'Trustkeep 0.2.0 is downloaded and checked. It can be installed.',
  }),
  'update-failed': (now) => ({
    ...quietUpdates(now),
    state: 'failed',
    sentence: 'Trustkeep 0.2.0 in the feed does not have a valid signature of the publisher.',
    failure: {
      code: 'update.not-signed',
      sentence: 'Trustkeep 0.2.0 in the feed does not have a valid signature of the publisher.',
      hint: 'Nothing was installed. Check the address of the feed; if it is right, tell whoever runs it.',
      retry: 'later',
    },
  }),
};
