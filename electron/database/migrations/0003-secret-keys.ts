import type { Driver } from '../driver.ts';

/** A key for each sealed value, wrapped by the store's key, apart from the values: a rotation writes these alone. */
export function secretKeys(driver: Driver): void {
  driver.exec(`
    CREATE TABLE secret_keys (
      owner TEXT NOT NULL, name TEXT NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (owner, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER secret_key_goes AFTER DELETE ON secrets BEGIN
      DELETE FROM secret_keys WHERE owner = old.owner AND name = old.name;
    END;
  `);
}
