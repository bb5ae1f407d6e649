import { settingsCatalog } from '#shared/catalog/settings.ts';
import type { Settings } from '#shared/model/settings.ts';
import { type Paper, pairs } from '../table.ts';

export function settingsPage(settings: Settings, paper: Paper): string[] {
  return pairs(
    settingsCatalog.fields.map(({ name }) => [name, String(Reflect.get(settings, name))]),
    paper,
  );
}
