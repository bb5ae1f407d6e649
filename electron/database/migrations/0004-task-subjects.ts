import type { Driver } from '../driver.ts';

/** A task is about a subject of any kind, within another or not; it knows who asked, and for which order of a server. */
export function taskSubjects(driver: Driver): void {
  driver.exec(`
    CREATE TABLE tasks_next (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL,
      subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, subject_name TEXT NOT NULL,
      within_kind TEXT, within_id TEXT, within_name TEXT,
      origin TEXT NOT NULL, actor TEXT, outside_id TEXT,
      state TEXT NOT NULL, steps TEXT NOT NULL, waiting_for TEXT, wake_at INTEGER,
      failure TEXT, restored TEXT, created_at INTEGER NOT NULL, finished_at INTEGER, memory TEXT NOT NULL
    ) STRICT;
    -- in the order they were stored: it decides between tasks of the same millisecond
    INSERT INTO tasks_next
      SELECT id, kind,
        iif(node_id IS NULL, 'endpoint', 'node'), coalesce(node_id, endpoint_id),
        iif(node_id IS NULL, endpoint_name, coalesce(node_name, node_id)),
        iif(node_id IS NULL, NULL, 'endpoint'), iif(node_id IS NULL, NULL, endpoint_id),
        iif(node_id IS NULL, NULL, endpoint_name),
        origin, NULL, NULL, state, steps, waiting_for, wake_at, failure, restored, created_at, finished_at, memory
      FROM tasks ORDER BY rowid;
    DROP TABLE tasks;
    ALTER TABLE tasks_next RENAME TO tasks;
    CREATE UNIQUE INDEX tasks_live ON tasks (kind, subject_kind, subject_id)
      WHERE state IN ('queued', 'running', 'waiting');
    CREATE UNIQUE INDEX tasks_outside ON tasks (outside_id) WHERE outside_id IS NOT NULL;
    CREATE INDEX tasks_state ON tasks (state, created_at);
    CREATE INDEX tasks_created ON tasks (created_at);
    CREATE INDEX tasks_failed ON tasks (finished_at) WHERE state = 'failed';
    CREATE INDEX tasks_of ON tasks (subject_id, kind, finished_at);
  `);
}
