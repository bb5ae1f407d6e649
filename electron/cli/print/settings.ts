import { settingsCatalog } from '#shared/catalog/settings.ts';
import type { Settings } from '#shared/model/settings.ts';
import { pairs } from '../table.ts';

export function settingsPage(settings: Settings): string[] {
  return pairs(settingsCatalog.fields.map(({ name }) => [name, shown(Reflect.get(settings, name))]));
}

const shown = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
