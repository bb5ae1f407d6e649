import { type Notification, notification } from '#shared/model/notification.ts';
import type { NotificationRows } from './database.ts';
import type { Driver } from './driver.ts';
import { type Columns, insertSql, reader } from './rows.ts';

const read = reader('notifications', notification, (row) => ({
  id: row.id,
  kind: row.kind,
  level: row.level,
  title: row.title,
  sentence: row.sentence,
  taskId: row.task_id,
  approvalId: row.approval_id,
  readAt: row.read_at,
  at: row.at,
}));

export class NotificationRepository implements NotificationRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: Notification): void {
    const columns = columnsOf(value);
    this.#driver.run(insertSql('notifications', columns), columns);
  }

  list(limit: number): Notification[] {
    return this.#driver
      .all('SELECT * FROM notifications ORDER BY at DESC, rowid DESC LIMIT ?', [limit])
      .map(read);
  }

  markRead(id: string | null, now: number): void {
    if (id === null) this.#driver.run('UPDATE notifications SET read_at = ? WHERE read_at IS NULL', [now]);
    else this.#driver.run('UPDATE notifications SET read_at = ? WHERE id = ? AND read_at IS NULL', [now, id]);
  }

  unread(): number {
    return Number(
      this.#driver.get('SELECT count(*) AS count FROM notifications WHERE read_at IS NULL')?.count,
    );
  }
}

function columnsOf(value: Notification): Columns {
  return {
    id: value.id,
    kind: value.kind,
    level: value.level,
    title: value.title,
    sentence: value.sentence,
    task_id: value.taskId,
    approval_id: value.approvalId,
    read_at: value.readAt,
    at: value.at,
  };
}
