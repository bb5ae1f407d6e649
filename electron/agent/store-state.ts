import type { Database } from '../database/database.ts';
import type { StoreState } from '../providers/credential-stores/credential-store.ts';

/** What credential stores keep, in the database: secrets sealed under the store's id, notes as settings. */
export function storeState(database: Database): (id: string) => StoreState {
  return (id) => ({
    secret: (name) => database.secrets.open(id, name),
    keepSecret: (name, value) => database.secrets.put(id, name, value),
    forgetSecret: (name) => database.secrets.remove(id, name),
    note: (name) => database.meta.get(noteName(id, name)),
    keepNote: (name, value) =>
      value === null
        ? database.meta.remove(noteName(id, name))
        : database.meta.set(noteName(id, name), value),
  });
}

/** The credentials that this agent keeps itself, store by store. `mustBeOpen` throws `keychain.*` while locked. */
export function credentialRows(database: Database, mustBeOpen: () => void) {
  return (storeId: string) => ({
    find: (id: string) => database.credentials.get(storeId, id),
    first: (limit: number) => database.credentials.page(storeId, { limit }),
    count: () => database.credentials.count(storeId),
    secret: (rowId: string, name: string) => database.secrets.open(rowId, name),
    mustBeOpen,
  });
}

/** The database removes them with the store. */
function noteName(id: string, name: string): string {
  return `credential-store/${id}/${name}`;
}
