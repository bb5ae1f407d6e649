import type { Driver } from '../driver.ts';

/**
 * `person`: who began the task that a notification is about, in the window or on the command line. Kept beside it, and both tables
 * indexed by it, so that what is theirs is found and counted without a look at each task.
 */
export function notificationPersons(driver: Driver): void {
  driver.exec(`
    ALTER TABLE notifications ADD COLUMN person TEXT;
    UPDATE notifications SET person =
      (SELECT t.actor FROM tasks t WHERE t.id = notifications.task_id AND t.origin IN ('gui', 'cli'));
    CREATE INDEX notifications_kind ON notifications (kind, at, read_at);
    CREATE INDEX notifications_person ON notifications (person, at) WHERE person IS NOT NULL;
    CREATE INDEX notifications_person_kind ON notifications (person, kind, read_at) WHERE person IS NOT NULL;
    CREATE INDEX tasks_person ON tasks (actor, created_at) WHERE origin IN ('gui', 'cli');
  `);
}
