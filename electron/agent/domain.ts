import type { Subject } from '#shared/model/subject.ts';
import type { Task, TaskKind } from '#shared/model/task.ts';
import type { Announcer } from './announcer.ts';
import type { Caller } from './caller.ts';
import type { Events } from './events.ts';
import type { Notifications } from './notifications.ts';
import type { AgentParts } from './parts.ts';
import type { PauseControl } from './pause.ts';
import type { KindOfTask } from './tasks/task-kind.ts';

/** What every domain stands on: the parts of the agent, and the one place where tasks are begun. */
export interface Ground {
  readonly parts: AgentParts;
  readonly events: Events;
  readonly announcer: Announcer;
  readonly notifications: Notifications;
  /** Whether anything may be begun that no person asks for. */
  readonly pause: Pick<PauseControl, 'state'>;
  /**
   * Stores a task and comes back at once; the work goes on by itself. A second one about a live subject is refused
   * (`task.already-live`) or gives the live one, as its kind says; the same order of a server gives the same task.
   */
  begin(kind: TaskKind, subject: Subject, caller: Caller, input: Record<string, unknown>): Task;
  /** Has a task that waits go on, with this beside its input. Failure `task.not-found`. */
  resume(taskId: string, more: Record<string, unknown>): Task;
}

/** `agent`: after sleep, unlock or a changed setting; when a task ended; when there is news to tell. */
export type WokenBy = 'agent' | 'ended-task' | 'notification';

export interface DomainLoop {
  readonly name: string;
  /** How long after the start of the agent it first runs. */
  readonly firstTurnMs: number;
  /** Besides its time. */
  readonly wokenBy: readonly WokenBy[];
  /** One turn. Gives the milliseconds until the next. `signal`: the agent stops and waits for the turn to end. */
  turn(signal: AbortSignal): Promise<number>;
}

/** A field of work of the agent. It is joined by one line in `domains.ts`; the centre knows none by name. */
export interface Domain<Commands extends object> {
  readonly taskKinds: readonly KindOfTask[];
  /** Called once. `commands` is what handlers of the contract call; nothing runs before the agent is started. */
  open(ground: Ground): {
    commands: Commands;
    loops: readonly DomainLoop[];
    /** Ends what runs beside the loops and tasks. */
    stop?(): Promise<void>;
  };
}
