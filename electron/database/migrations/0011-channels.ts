import type { Driver } from '../driver.ts';

/** Ways for notifications to leave this machine, and what is still to be sent there. */
export function channels(driver: Driver): void {
  driver.exec(`
    CREATE TABLE channels (
      id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, settings TEXT NOT NULL, report TEXT,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE deliveries (
      channel_id TEXT NOT NULL, notification_id TEXT NOT NULL, since INTEGER NOT NULL, attempts INTEGER NOT NULL,
      next_at INTEGER NOT NULL, PRIMARY KEY (channel_id, notification_id)
    ) STRICT;
    CREATE INDEX deliveries_due ON deliveries (channel_id, next_at);
    CREATE INDEX notifications_approval ON notifications (approval_id) WHERE approval_id IS NOT NULL;
  `);
}
