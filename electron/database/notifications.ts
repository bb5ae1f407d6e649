import {
  type Notification,
  type NotificationCount,
  type NotificationKind,
  notification,
  notificationKind,
} from '#shared/model/notification.ts';
import type { Driver, Value } from './driver.ts';
import { type Columns, insertSql, marks, reader } from './rows.ts';
import { byPerson, isOlder } from './wanted-rows.ts';

/** The account of a person who began tasks in the window or on the command line. Undefined: everyone; null: no one is known. */
type Person = string | null | undefined;

/** @internal */
export interface NotificationFilter {
  kinds?: readonly NotificationKind[] | undefined;
  /** Only those of tasks that this person began. */
  by?: Person;
  unread?: boolean | undefined;
  actionRequired?: boolean | undefined;
  /** Id of a notification: only older ones. */
  olderThan?: string | undefined;
  limit: number;
}

export interface NotificationRows {
  insert(notification: Notification): void;
  /** Newest first. */
  list(filter: NotificationFilter): Notification[];
  count(by: Person): Omit<NotificationCount, 'tasks'>;
  /** Null: all. */
  markRead(id: string | null, now: number): void;
  /** What asked for this decision is read. */
  markDecided(approvalId: string, now: number): void;
  /**
   * Removes at most `limit` from before `before`, the oldest first: none that asks for a person, is still to be sent to a channel
   * or is among the newest `keep`. Gives how many.
   */
  removeOld(before: number, keep: number, limit: number): number;
  /** Whether a person was asked for this decision. */
  hasAsked(approvalId: string): boolean;
  /** Whether one with these words has not been read yet. */
  isUnread(words: { title: string; sentence?: string }): boolean;
}

/** A row of the table as what it stands for. Throws `database.row-damaged`. */
export const readNotification = reader('notifications', notification, (row) => ({
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

const joined = 'notifications n LEFT JOIN approvals a ON a.id = n.approval_id';

/** What asks for a decision does so until it is decided, the rest until it is read. */
const asksPerson = `iif(n.approval_id IS NULL,
  n.read_at IS NULL AND n.level IN ('attention', 'danger'), a.state IS 'pending')`;

export class NotificationRepository implements NotificationRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: Notification): void {
    const columns = { ...columnsOf(value), person: this.#personOf(value.taskId) };
    this.#driver.run(insertSql('notifications', columns), columns);
  }

  /** Who began the task, in the window or on the command line. */
  #personOf(taskId: string | null): string | null {
    if (taskId === null) return null;
    const task = this.#driver.get(`SELECT actor FROM tasks WHERE id = ? AND ${byPerson}`, [taskId]);
    return typeof task?.actor === 'string' ? task.actor : null;
  }

  list({ kinds, by, unread, actionRequired, olderThan, limit }: NotificationFilter): Notification[] {
    const wanted: [sql: string, values: readonly Value[]][] = [];
    if (kinds !== undefined) wanted.push([`n.kind IN (${marks(kinds)})`, kinds]);
    if (by !== undefined) wanted.push(['n.person = ?', [by]]);
    if (unread === true) wanted.push(['n.read_at IS NULL', []]);
    if (unread === false) wanted.push(['n.read_at IS NOT NULL', []]);
    if (actionRequired !== undefined) wanted.push([`${actionRequired ? '' : 'NOT '}${asksPerson}`, []]);
    if (olderThan !== undefined) wanted.push([isOlder('notifications', 'at', 'n.'), [olderThan]]);
    const where = wanted.length === 0 ? '' : `WHERE ${wanted.map(([sql]) => sql).join(' AND ')}`;
    return this.#driver
      .all(`SELECT n.* FROM ${joined} ${where} ORDER BY n.at DESC, n.rowid DESC LIMIT ?`, [
        ...wanted.flatMap(([, values]) => values),
        limit,
      ])
      .map(readNotification);
  }

  count(by: Person): Omit<NotificationCount, 'tasks'> {
    const given = by === undefined ? [] : [by];
    const rows = this.#driver.all(
      `SELECT kind, count(*) AS total, sum(read_at IS NULL) AS unread FROM notifications
       ${by === undefined ? '' : 'WHERE person = ?'} GROUP BY kind`,
      given,
    );
    return {
      kinds: notificationKind.options.map((kind) => {
        const row = rows.find((one) => one.kind === kind);
        return { kind, total: Number(row?.total ?? 0), unread: Number(row?.unread ?? 0) };
      }),
      actionRequired: this.#asking(by),
    };
  }

  /** As `asksPerson` says it, each half by an index of its own; `+` keeps that of persons, which finds more, out of it. */
  #asking(by: Person): number {
    const theirs = by === undefined ? '' : 'AND +n.person = ?';
    const given = by === undefined ? [] : [by];
    const row = this.#driver.get(
      `SELECT
         (SELECT count(*) FROM notifications n WHERE n.read_at IS NULL AND n.approval_id IS NULL
            AND n.level IN ('attention', 'danger') ${theirs}) +
         (SELECT count(*) FROM approvals a JOIN notifications n ON n.approval_id = a.id
            WHERE a.state = 'pending' ${theirs}) AS count`,
      [...given, ...given],
    );
    return Number(row?.count);
  }

  markRead(id: string | null, now: number): void {
    if (id === null) this.#driver.run('UPDATE notifications SET read_at = ? WHERE read_at IS NULL', [now]);
    else this.#driver.run('UPDATE notifications SET read_at = ? WHERE id = ? AND read_at IS NULL', [now, id]);
  }

  markDecided(approvalId: string, now: number): void {
    this.#driver.run('UPDATE notifications SET read_at = ? WHERE approval_id = ? AND read_at IS NULL', [
      now,
      approvalId,
    ]);
  }

  removeOld(before: number, keep: number, limit: number): number {
    return this.#driver.run(
      `DELETE FROM notifications WHERE id IN (
         SELECT n.id FROM ${joined}
         WHERE n.at < ? AND n.at < (SELECT at FROM notifications ORDER BY at DESC LIMIT 1 OFFSET ?)
           AND NOT ${asksPerson} AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notification_id = n.id)
         ORDER BY n.at LIMIT ?)`,
      [before, keep - 1, limit],
    );
  }

  hasAsked(approvalId: string): boolean {
    return (
      this.#driver.get('SELECT 1 FROM notifications WHERE approval_id = ? LIMIT 1', [approvalId]) !==
      undefined
    );
  }

  isUnread({ title, sentence }: { title: string; sentence?: string }): boolean {
    const found = this.#driver.get(
      'SELECT 1 FROM notifications WHERE read_at IS NULL AND title = ? AND sentence = coalesce(?, sentence) LIMIT 1',
      [title, sentence ?? null],
    );
    return found !== undefined;
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
