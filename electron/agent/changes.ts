import type { Task } from '#shared/model/task.ts';
import type { Database } from '../database/database.ts';
import type { Events } from './events.ts';
import type { Notifications } from './notifications.ts';

/** Tells windows and tray what a stored change is about. */
export class Changes {
  readonly #database: Database;
  readonly #events: Events;
  readonly #notifications: Notifications;

  constructor(database: Database, events: Events, notifications: Notifications) {
    this.#database = database;
    this.#events = events;
    this.#notifications = notifications;
  }

  task(task: Task): void {
    this.#events.changed('tasks', task.id);
    if (task.waitingFor === 'approval') this.#approvalNeeded(task);
    if (task.kind === 'discover' && task.finishedAt !== null) {
      this.#events.changed('nodes', null);
      this.#events.changed('endpoints', task.subject.id);
    }
    if (task.kind === 'certify') {
      this.#events.changed('orders', null);
      if (task.finishedAt !== null) this.node(task.subject.id);
    }
    if (task.finishedAt !== null) this.#events.changed('audit', null);
    this.#notifications.levelMayHaveChanged();
  }

  node(nodeId: string | null): void {
    this.#events.changed('nodes', nodeId);
    this.#events.changed('certificates', null);
    this.#notifications.levelMayHaveChanged();
  }

  #approvalNeeded(task: Task): void {
    const approval = this.#database.approvals.ofTask(task.id);
    if (approval?.state !== 'pending') return;
    this.#events.changed('approvals', approval.id);
    this.#notifications.approvalNeeded(approval);
  }
}
