import type { StepName, Task, TaskKind, TaskStep } from '#shared/model/task.ts';
import type { KindOfTask } from './task-kind.ts';

/** The definitions of all kinds of tasks, by name. */
export class TaskKinds {
  readonly #all: ReadonlyMap<TaskKind, KindOfTask>;

  /** Throws when two are of one name. */
  constructor(all: readonly KindOfTask[]) {
    this.#all = new Map(all.map((one) => [one.kind, one]));
    if (this.#all.size !== all.length) throw new Error('two kinds of tasks have one name');
  }

  of({ kind }: Pick<Task, 'kind'>): KindOfTask {
    const found = this.#all.get(kind);
    if (found === undefined) throw new Error(`there is no kind of task called ${kind}`);
    return found;
  }
}

/** A step nobody has begun. */
export function freshStep(name: StepName): TaskStep {
  return {
    name,
    state: 'to-do',
    attempt: 0,
    startedAt: null,
    finishedAt: null,
    sentence: null,
    failure: null,
  };
}
