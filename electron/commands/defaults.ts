import type { Clock } from '#kit/clock.ts';
import { newId } from '#kit/ids.ts';
import type { Database } from '../database/database.ts';
import { settingsOf } from './authority-settings.ts';

const madeNote = 'defaults-made';
const localAuthorityName = 'trustkeep-local';

/**
 * Makes what a fresh installation starts with: the local authority, so that the main job runs with nothing else.
 * Once: what a person removes stays removed.
 */
export function ensureDefaults(database: Database, clock: Clock): void {
  if (database.meta.get(madeNote) !== null) return;
  database.transaction(() => {
    const free = database.authorities.find(localAuthorityName) === null;
    if (free) {
      const id = newId('ca');
      database.authorities.insert({
        id,
        name: localAuthorityName,
        kind: 'local',
        isDefault: false,
        settings: settingsOf('local', {}),
        createdAt: clock.now(),
      });
      if (database.authorities.default() === null) database.authorities.setDefault(id);
    }
    database.meta.set(madeNote, '1');
  });
}
