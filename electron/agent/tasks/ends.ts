import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { placeOf } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import type { Events } from '../events.ts';
import { noteFailedRenewal } from '../loops/renew.ts';
import { aboutEndedTask, type Notifications } from '../notifications.ts';
import { span } from '../policies/renewal.ts';
import { forgetYes } from '../steps/seal-yes.ts';
import { certifyInput } from '../steps/shapes.ts';

const day = 24 * 60 * 60_000;

export interface EndsParts {
  database: Database;
  clock: Clock;
  notifications: Notifications;
  events: Events;
}

const restores = {
  proved: ' The previous state is back, and that is proved.',
  unproved: ' The previous state was restored, but that is not proved.',
  failed: ' The previous state could not be restored.',
};

/** For the audit: what was done where, and how it ended. */
function endSentence({ kind, subject, state, failure, restored }: Task, ok: boolean): string {
  const where = placeOf(subject);
  const what = { certify: 'Certificate for', discover: 'Discovery of', restart: 'Restart of' }[kind];
  const end = ok ? 'done.' : (failure?.sentence ?? `${state}.`);
  return `${what} ${where}: ${end}${restored === null || restored === 'not-needed' ? '' : restores[restored]}`;
}

/** What follows when a task ends: audit row, notification, the next renewal attempt, a warning when expiry comes near. */
export class TaskEnds {
  readonly #parts: EndsParts;

  constructor(parts: EndsParts) {
    this.#parts = parts;
  }

  inTransaction(task: Task, row: TaskRow): void {
    const { database, clock, notifications } = this.#parts;
    const ok = task.state === 'succeeded' || task.state === 'succeeded-with-warnings';
    const routine = task.kind === 'discover' && task.origin === 'agent' && ok;
    if (!routine)
      database.audit.append({
        at: clock.now(),
        origin: 'agent',
        actor: null,
        action: `task.${task.state}`,
        subject: task.id,
        outcome: ok ? 'ok' : task.state === 'cancelled' ? 'refused' : 'failed',
        sentence: endSentence(task, ok),
      });
    const approval = task.kind === 'certify' ? database.approvals.ofTask(task.id) : null;
    if (approval !== null) forgetYes(database, approval);
    if (!ok && task.kind === 'certify') this.#abandonOrder(task);
    const draft = aboutEndedTask(task);
    if (draft !== null) notifications.notify(draft);
    if (!ok && task.kind === 'certify') this.#afterFailedRenewal(task, row, task.subject.id);
  }

  /** Nobody will ask for it any more: it must not look alive, nor hold its authority. */
  #abandonOrder(task: Task): void {
    const { database, clock } = this.#parts;
    const order = database.orders.ofTask(task.id);
    if (order === null || order.state === 'collected' || order.state === 'refused') return;
    database.orders.update({
      ...order,
      state: 'abandoned',
      refusedBecause: task.failure,
      updatedAt: clock.now(),
    });
  }

  /** "One attempt failed" never hides until expiry: below a fifth of life, or a day, each failure is said out loud. */
  #afterFailedRenewal(task: Task, row: TaskRow, nodeId: string): void {
    const { database, clock, notifications } = this.#parts;
    if (certifyInput.parse(row.memory.input).reason !== 'renewal') return;
    const why = new Failure(
      task.failure?.code ?? 'task.cancelled',
      task.failure?.sentence ?? 'The renewal was cancelled.',
      { retry: 'later' },
    );
    const renewal = noteFailedRenewal(database, nodeId, why, clock.now());
    const certificate = renewal === null ? null : database.certificates.get(renewal.fingerprint);
    if (renewal === null || certificate === null) return;
    const left = certificate.notAfter - clock.now();
    if (left > Math.max(day, (certificate.notAfter - certificate.notBefore) / 5)) return;
    notifications.notify({
      kind: 'renewal-at-risk',
      level: 'danger',
      title: left <= 0 ? `${task.subject.name} has expired` : `${task.subject.name} expires in ${span(left)}`,
      sentence: `${renewal.failures} renewal attempt${renewal.failures === 1 ? '' : 's'} failed. Last: ${why.message}`,
      taskId: task.id,
    });
  }
}
