import type { ZodType } from 'zod';
import type { Clock } from '#kit/clock.ts';
import type { Topic } from '#shared/contract/events.ts';
import type { Task, TaskKind } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import type { Draft } from '../notification-words.ts';
import type { Notifications } from '../notifications.ts';
import type { Left } from '../steps/leave.ts';
import type { Step, StepTools } from '../steps/step.ts';

/** What may follow an end, in the transaction that ends the task: synchronous, and undone with it. */
export interface EndTools {
  database: Database;
  clock: Clock;
  notifications: Notifications;
}

/**
 * Everything that is particular to one kind of task. Runner, queue, recovery, ends, clearing up, notifications and events
 * ask this and know no kind by name.
 */
export interface KindOfTask {
  readonly kind: TaskKind;
  /** What its input is, as it is stored: plain JSON, no secrets. A task with any other input is never begun. */
  readonly input: ZodType<Record<string, unknown>>;
  readonly forward: readonly Step[];
  /** Run in place of what is left of `forward` when something failed after a change; empty: it just ends. */
  readonly undo: readonly Step[];
  readonly lease: {
    /** What a second order for a subject meets while a task of this kind about it is live: a refusal, or that task. */
    readonly second: 'refused' | 'the same task';
    /** It changes nothing where it works, and so may run while another task there is between two states. */
    readonly onlyReads: boolean;
  };
  /** For the audit, before the place: `Discovery of`. */
  readonly title: string;
  /** It ends this way every day and is no news: no audit row. */
  isRoutine(task: Task): boolean;
  /** What a person is told of its end; null: nothing. Pure. */
  notification(task: Task): Draft | null;
  /** What else follows its end. */
  ended(row: TaskRow, tools: EndTools): void;
  /** What a window has to ask for again after a stored change of it, besides the task itself. */
  touches(task: Task): { topic: Topic; id: string | null }[];
  /** What one that ends without success may leave behind; null: nothing. Asks the database alone, never throws. */
  leaves(row: TaskRow, database: Database): Left | null;
  /** Removes that. Idempotent, never rejects. */
  clearLeft(left: Left, task: Task, tools: StepTools): Promise<ClearedUp>;
}

/** What became of what a task left behind. */
export interface ClearedUp {
  /** What has to be tried again; null: nothing. */
  left: Left | null;
  /** Why, in sentences. Null when nothing is left. */
  because: string | null;
  /** What will never be removed automatically, and why, in sentences; null: nothing. */
  gaveUp: string | null;
}
