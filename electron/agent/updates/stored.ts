import { z } from 'zod';
import { type AutoupdateSettings, autoupdateSettings } from '#shared/model/update.ts';
import type { Database } from '../../database/database.ts';

const settingsNote = 'autoupdate';
const memoryNote = 'autoupdate-memory';

/** What is remembered from one start to the next. */
const updateMemory = z.object({
  lastCheckAt: z.number().int().nullable().default(null),
  lastResult: z.string().nullable().default(null),
  nextCheckAt: z.number().int().nullable().default(null),
  /** Checks that failed in a row. */
  failures: z.number().int().default(0),
  /** This machine's place in a staged roll-out, 0 to below 100; null: not drawn yet. */
  share: z.number().min(0).max(100).nullable().default(null),
  /** The version that a person was told can be installed. */
  toldReady: z.string().nullable().default(null),
  /** What a person was told of the last update that was begun, by the name that its mark gives. */
  told: z.string().nullable().default(null),
});
type UpdateMemory = z.infer<typeof updateMemory>;

/** A stored value that no longer fits is left out. */
export function readAutoupdate(database: Database): AutoupdateSettings {
  return autoupdateSettings.catch(autoupdateSettings.parse({})).parse(stored(database, settingsNote));
}

export function saveAutoupdate(database: Database, updates: Partial<AutoupdateSettings>): AutoupdateSettings {
  const after = autoupdateSettings.parse({ ...readAutoupdate(database), ...updates });
  database.meta.set(settingsNote, JSON.stringify(after));
  return after;
}

export function readMemory(database: Database): UpdateMemory {
  return updateMemory.catch(updateMemory.parse({})).parse(stored(database, memoryNote));
}

export function saveMemory(database: Database, updates: Partial<UpdateMemory>): UpdateMemory {
  const after = { ...readMemory(database), ...updates };
  database.meta.set(memoryNote, JSON.stringify(after));
  return after;
}

function stored(database: Database, note: string): unknown {
  try {
    return JSON.parse(database.meta.get(note) ?? '{}');
  } catch {
    return {};
  }
}
