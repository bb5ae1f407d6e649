import { type Settings, settings } from '#shared/model/settings.ts';
import type { Database } from '../database/database.ts';

const note = 'settings';

/** The settings in force: what was stored, completed by what is usual. A stored value that no longer fits is left out. */
export function readSettings(database: Database): Settings {
  const stored = parsed(database.meta.get(note));
  const whole = settings.safeParse(stored);
  if (whole.success) return whole.data;
  const bad = new Set(whole.error.issues.map((issue) => String(issue.path[0])));
  return settings.parse(Object.fromEntries(Object.entries(stored).filter(([name]) => !bad.has(name))));
}

/** Stores the named ones beside the others and gives all. */
export function saveSettings(database: Database, updates: Partial<Settings>): Settings {
  const after = settings.parse({ ...readSettings(database), ...updates });
  database.meta.set(note, JSON.stringify(after));
  return after;
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
