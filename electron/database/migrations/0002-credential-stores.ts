import type { Driver } from '../driver.ts';

/**
 * Credential stores and the credentials of local ones. A credential lies where its id is sorted, so that a page and the
 * whole list are read in one run; the narrow index is for counting and searching. What is secret is in `secrets`.
 */
export function credentialStores(driver: Driver): void {
  driver.exec(`
    CREATE TABLE credential_stores (
      id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, settings TEXT NOT NULL, report TEXT,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE credentials (
      row_id TEXT NOT NULL UNIQUE,
      store_id TEXT NOT NULL REFERENCES credential_stores (id) ON DELETE CASCADE,
      id TEXT NOT NULL, username TEXT, has_password INTEGER NOT NULL,
      -- type and fingerprint, then 'passphrase' when there is one: one column, because every column of a list costs
      private_key TEXT,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
      PRIMARY KEY (store_id, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX credentials_ids ON credentials (store_id, id);
  `);
}
