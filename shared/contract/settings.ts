import { z } from 'zod';
import { inputAs, inputShape } from '../catalog/field.ts';
import { settingsCatalog } from '../catalog/settings.ts';
import { type Settings, settings as settingsModel } from '../model/settings.ts';
import { command, nothing } from './base.ts';

const changes = inputAs<Partial<Settings>>(z.object(inputShape(settingsCatalog.fields)).strict());

export const settings = {
  show: command
    .meta({ cli: 'settings show', help: 'Show intervals, limits and which notifications appear.' })
    .input(nothing)
    .output(settingsModel),
  /** Keeps what is not named. Takes effect at the next turn of each loop, without a restart. */
  set: command
    .meta({
      cli: 'settings set',
      help: 'Change intervals, limits and which notifications appear. Options that are not given stay the same.',
      mutates: true,
      begins: true,
    })
    .input(changes)
    .output(settingsModel),
};
