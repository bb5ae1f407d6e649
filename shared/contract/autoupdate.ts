import { z } from 'zod';
import { autoupdateCatalog } from '../catalog/autoupdate.ts';
import { inputAs, inputShape } from '../catalog/field.ts';
import { autoupdateStatus } from '../model/update.ts';
import { command, nothing } from './base.ts';

const setInput = z.object(inputShape(autoupdateCatalog.fields)).strict();
export type AutoupdateInput = {
  install?: 'ask' | 'automatic';
  window?: string;
  channel?: 'latest' | 'beta';
  feed?: string;
};

export const autoupdate = {
  get: command
    .meta({ cli: 'autoupdate get', help: 'Show whether updates are installed, and how far the next one is.' })
    .input(nothing)
    .output(autoupdateStatus),
  /** Takes effect now: the next check comes within minutes, unless the last one was within the hour. */
  enable: command
    .meta({
      cli: 'autoupdate enable',
      help: 'Check for updates regularly, and download them.',
      mutates: true,
      begins: true,
    })
    .input(nothing)
    .output(autoupdateStatus),
  /** Takes effect now: no request is made from here on but for a check by hand; a download under way ends. */
  disable: command
    .meta({ cli: 'autoupdate disable', help: 'Make no request for updates.', mutates: true, begins: true })
    .input(nothing)
    .output(autoupdateStatus),
  /** Takes effect now. Refused with `update.policy` where an administrator has decided it. */
  set: command
    .meta({
      cli: 'autoupdate set',
      help: 'Choose when updates are installed and where they come from. Options that are not given stay the same.',
      mutates: true,
      begins: true,
    })
    .input(inputAs<AutoupdateInput>(setInput))
    .output(autoupdateStatus),
  /** Asks the feed now, also while autoupdate is off, and waits for its answer; not for the download. */
  check: command
    .meta({ cli: 'autoupdate check', help: 'Check for an update now.', mutates: true })
    .input(nothing)
    .output(autoupdateStatus),
  /**
   * Downloads what is offered, where that has not happened, then ends the application and starts the new version. Refused
   * with `update.busy` while a task works, but for `when_idle`: then it follows as soon as none does.
   */
  install: command
    .meta({
      cli: 'autoupdate install',
      help: 'Install the update that is available, and start the new version.',
      mutates: true,
    })
    .input(z.object({ when_idle: z.boolean().optional() }).strict())
    .output(autoupdateStatus),
  /** What was downloaded stays for the next try. */
  cancel: command
    .meta({ cli: 'autoupdate cancel', help: 'Stop the download of an update.', mutates: true })
    .input(nothing)
    .output(autoupdateStatus),
  /** The version that was in use before, with the backup made before the database was changed for the new one. */
  goBack: command
    .meta({
      cli: 'autoupdate go-back',
      help: 'Put the previous version back, and start it.',
      mutates: true,
    })
    .input(nothing)
    .output(autoupdateStatus),
};
