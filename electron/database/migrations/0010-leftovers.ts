import type { Driver } from '../driver.ts';

/** What tasks left behind, until it is removed. `content`: what it is, as JSON, sealed beside it. */
export function leftovers(driver: Driver): void {
  driver.exec(`
    CREATE TABLE leftovers (
      task_id TEXT PRIMARY KEY,
      endpoint_id TEXT NOT NULL,
      content TEXT NOT NULL,
      since INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      next_at INTEGER NOT NULL,
      because TEXT
    ) STRICT;
    CREATE INDEX leftovers_of_endpoint ON leftovers (endpoint_id);
  `);
}
