import type { Driver } from '../driver.ts';

/** Results owed to servers, each until it is acknowledged. Not tied to the task's row: it says all by itself. */
export function outbox(driver: Driver): void {
  driver.exec(`
    CREATE TABLE outbox (
      id TEXT PRIMARY KEY, server TEXT, task_id TEXT NOT NULL UNIQUE, result TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX outbox_at ON outbox (at);
  `);
}
