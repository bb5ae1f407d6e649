import { describe, expect, test } from 'vitest';
import { settingsCatalog } from '#shared/catalog/settings.ts';
import { settings } from '#shared/model/settings.ts';
import { makeDatabase } from '#test/make/database.ts';
import { readSettings, saveSettings } from '../../../electron/agent/settings.ts';

describe('settings', () => {
  test('catalog and model name the same fields, usual values and limits', () => {
    const usual = settings.parse({});
    expect(settingsCatalog.fields.map((field) => field.name).sort()).toEqual(Object.keys(usual).sort());
    for (const field of settingsCatalog.fields) {
      expect(Reflect.get(usual, field.name), field.name).toBe(
        field.default ?? (field.kind === 'text' ? '' : undefined),
      );
      if (field.kind === 'boolean') {
        expect(settings.safeParse({ [field.name]: 'yes' }).success, field.name).toBe(false);
        continue;
      }
      const text = (length: number) => (field.kind === 'text' ? 'x'.repeat(length) : length);
      for (const [value, fits] of [
        [field.min ?? text(0), true],
        [text(field.max ?? 0), true],
        [field.kind === 'text' ? 0 : (field.min ?? 0) - 1, false],
        [text((field.max ?? 0) + 1), false],
      ] as const)
        expect(settings.safeParse({ [field.name]: value }).success, `${field.name} ${value}`).toBe(fits);
    }
  });

  test('what is not named stays, and a damaged stored value falls back to the usual one alone', () => {
    const fixture = makeDatabase();
    try {
      saveSettings(fixture.database, { proof_seconds: 40 });
      expect(saveSettings(fixture.database, { scan_hours: 12 })).toMatchObject({
        proof_seconds: 40,
        scan_hours: 12,
      });
      fixture.database.meta.set('settings', JSON.stringify({ proof_seconds: 'soon', scan_hours: 12 }));
      expect(readSettings(fixture.database)).toMatchObject({ proof_seconds: 15, scan_hours: 12 });
      fixture.database.meta.set('settings', 'not json');
      expect(readSettings(fixture.database)).toEqual(settings.parse({}));
    } finally {
      fixture.remove();
    }
  });
});
