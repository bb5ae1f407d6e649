import { settingsCatalog } from '#shared/catalog/settings.ts';
import type { Settings } from '#shared/model/settings.ts';
import { pairs } from '../table.ts';

export function settingsPage(settings: Settings): string[] {
  return pairs(settingsCatalog.fields.map(({ name }) => [name, String(Reflect.get(settings, name))]));
}
