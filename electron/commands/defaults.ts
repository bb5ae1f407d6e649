import type { Clock } from '#kit/clock.ts';
import { newId } from '#kit/ids.ts';
import { ownAuthority } from '#shared/catalog/authorities/index.ts';
import { ownStore } from '#shared/catalog/credential-stores/index.ts';
import { defaultStoreName } from '#shared/model/credential-store.ts';
import type { Database } from '../database/database.ts';
import { settingsOf } from './authority-settings.ts';

const madeNote = 'defaults-made';
const localAuthorityName = 'trustkeep-local';

/** Makes what a fresh installation starts with. */
export function ensureDefaults(database: Database, clock: Clock): void {
  ensureDefaultStore(database, clock);
  ensureLocalAuthority(database, clock);
}

/** The one credential store that is always there, in databases of earlier versions too. */
function ensureDefaultStore(database: Database, clock: Clock): void {
  if (database.credentialStores.find(defaultStoreName) !== null) return;
  const now = clock.now();
  database.credentialStores.insert({
    id: newId('cs'),
    name: defaultStoreName,
    kind: ownStore.id,
    settings: ownStore.fromFlat({}, () => false),
    report: null,
    createdAt: now,
    updatedAt: now,
  });
}

/** So that the main job runs with nothing else. Once: what a person removes stays removed. */
function ensureLocalAuthority(database: Database, clock: Clock): void {
  if (database.meta.get(madeNote) !== null) return;
  database.transaction(() => {
    const free = database.authorities.find(localAuthorityName) === null;
    if (free) {
      const id = newId('ca');
      database.authorities.insert({
        id,
        name: localAuthorityName,
        kind: ownAuthority.id,
        isDefault: false,
        settings: settingsOf(ownAuthority.id, {}),
        createdAt: clock.now(),
      });
      if (database.authorities.default() === null) database.authorities.setDefault(id);
    }
    database.meta.set(madeNote, '1');
  });
}
