import type { Notification } from '#shared/model/notification.ts';
import type { Driver } from './driver.ts';
import { readNotification } from './notifications.ts';
import { marks } from './rows.ts';

/** What is still to be sent to one channel. */
interface Deliveries {
  notifications: Notification[];
  /** How often the one of them that was tried most was tried. */
  attempts: number;
}

/** Notifications on their way to channels: each row until the channel took it, or it was given up. */
export interface DeliveryRows {
  /** To every channel there is, not before `at`. */
  enqueue(notificationId: string, since: number, at: number): void;
  /** Oldest first. */
  due(channelId: string, now: number, limit: number): Deliveries;
  /** How many are still to be sent. */
  waiting(channelId: string): number;
  /** When the next one is due, to any channel; null: nothing is to be sent. */
  nextAt(): number | null;
  /** What waits for another attempt has it now. */
  hurry(channelId: string, now: number): void;
  /** They were tried in vain. */
  postpone(channelId: string, notificationIds: readonly string[], nextAt: number): void;
  /** Taken by the channel. */
  remove(channelId: string, notificationIds: readonly string[]): void;
  /** Those that have waited since before `since`. Gives how many. */
  giveUp(channelId: string, since: number): number;
}

export class DeliveryRepository implements DeliveryRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  enqueue(notificationId: string, since: number, at: number): void {
    this.#driver.run(
      `INSERT INTO deliveries (channel_id, notification_id, since, attempts, next_at)
       SELECT id, ?, ?, 0, ? FROM channels`,
      [notificationId, since, at],
    );
  }

  due(channelId: string, now: number, limit: number): Deliveries {
    const rows = this.#driver.all(
      `SELECT n.*, d.attempts AS attempts FROM deliveries d JOIN notifications n ON n.id = d.notification_id
       WHERE d.channel_id = ? AND d.next_at <= ? ORDER BY n.at, n.rowid LIMIT ?`,
      [channelId, now, limit],
    );
    return {
      notifications: rows.map(readNotification),
      attempts: Math.max(0, ...rows.map((row) => Number(row.attempts))),
    };
  }

  waiting(channelId: string): number {
    const row = this.#driver.get('SELECT count(*) AS count FROM deliveries WHERE channel_id = ?', [
      channelId,
    ]);
    return Number(row?.count);
  }

  nextAt(): number | null {
    const at = this.#driver.get('SELECT min(next_at) AS at FROM deliveries')?.at;
    return at === null || at === undefined ? null : Number(at);
  }

  hurry(channelId: string, now: number): void {
    this.#driver.run(
      'UPDATE deliveries SET next_at = ? WHERE channel_id = ? AND attempts > 0 AND next_at > ?',
      [now, channelId, now],
    );
  }

  postpone(channelId: string, ids: readonly string[], nextAt: number): void {
    this.#driver.run(
      `UPDATE deliveries SET attempts = attempts + 1, next_at = ?
       WHERE channel_id = ? AND notification_id IN (${marks(ids)})`,
      [nextAt, channelId, ...ids],
    );
  }

  remove(channelId: string, ids: readonly string[]): void {
    this.#driver.run(`DELETE FROM deliveries WHERE channel_id = ? AND notification_id IN (${marks(ids)})`, [
      channelId,
      ...ids,
    ]);
  }

  giveUp(channelId: string, since: number): number {
    return this.#driver.run('DELETE FROM deliveries WHERE channel_id = ? AND since < ?', [channelId, since]);
  }
}
