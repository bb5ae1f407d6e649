import type { Descriptor } from './descriptor.ts';

/** `02:00-04:30`, at any time, or across midnight. */
export const windowPattern = /^(any|([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)$/;

/** Channels that a feed may have; each has a file of its own there. */
export const updateChannels = ['latest', 'beta'] as const;

/** What becomes of an update that is downloaded and checked. */
export const installWays = ['ask', 'automatic'] as const;

/** The flags of `autoupdate set`. What is not named stays the same. */
export const autoupdateCatalog: Descriptor = {
  id: 'autoupdate',
  label: 'Autoupdate',
  help: 'Where updates come from, and when they are installed.',
  fields: [
    {
      name: 'install',
      label: 'Install',
      help: 'ask: when a person says so. automatic: as soon as no task works and the window of time is open. Default: ask.',
      hint: 'An update is never installed while a task works.',
      kind: 'choice',
      choices: installWays,
      labels: { ask: 'When a person says so', automatic: 'Automatically' },
      default: 'ask',
    },
    {
      name: 'window',
      label: 'Window of time',
      help: 'Time of day at which automatic updates are installed, as 02:00-04:30 in the time zone of this machine, or any. Default: any.',
      hint: 'As 02:00-04:30 in the time zone of this machine, or any.',
      kind: 'text',
      max: 11,
      default: 'any',
      when: { field: 'install', is: ['automatic'] },
    },
    {
      name: 'channel',
      label: 'Channel',
      help: 'latest: releases. beta: also versions that are still being tested. Default: latest.',
      kind: 'choice',
      choices: updateChannels,
      labels: { latest: 'Releases (latest)', beta: 'Versions being tested (beta)' },
      default: 'latest',
      advanced: true,
    },
    {
      name: 'feed',
      label: 'Feed',
      help: 'Address that updates come from (https, or http on this machine), or default.',
      hint: 'Address that updates come from. default: the one built into this version.',
      kind: 'text',
      max: 2048,
      default: 'default',
      advanced: true,
    },
  ],
};
