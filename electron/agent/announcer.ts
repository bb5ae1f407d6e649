import type { Task } from '#shared/model/task.ts';
import type { Database } from '../database/database.ts';
import type { Events } from './events.ts';
import type { Notifications } from './notifications.ts';
import type { TaskKinds } from './tasks/kinds.ts';

interface AnnouncerParts {
  database: Database;
  events: Events;
  notifications: Notifications;
  kinds: TaskKinds;
}

/** Tells windows and tray what a stored change is about. */
export class Announcer {
  readonly #parts: AnnouncerParts;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  task(task: Task): void {
    const { events, notifications, kinds } = this.#parts;
    events.changed('tasks', task.id);
    if (task.waitingFor === 'approval') this.#approvalNeeded(task);
    for (const { topic, id } of kinds.of(task).touches(task)) events.changed(topic, id);
    if (task.finishedAt !== null) events.changed('audit', null);
    notifications.levelMayHaveChanged();
  }

  node(nodeId: string | null): void {
    this.#parts.events.changed('nodes', nodeId);
    this.#parts.events.changed('certificates', null);
    this.#parts.notifications.levelMayHaveChanged();
  }

  #approvalNeeded(task: Task): void {
    const approval = this.#parts.database.approvals.ofTask(task.id);
    if (approval?.state !== 'pending') return;
    this.#parts.events.changed('approvals', approval.id);
    this.#parts.notifications.approvalNeeded(approval);
  }
}
