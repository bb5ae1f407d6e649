import type { Clock } from '#kit/clock.ts';
import type { TaskRow } from '../../database/database.ts';
import type { StepTools } from '../steps/step.ts';
import type { TaskKinds } from './kinds.ts';

/** Removes what a task that ended without success left behind, as its kind says. Best effort, never rejects. */
export async function clearUpEnded(kinds: TaskKinds, row: TaskRow, tools: StepTools): Promise<void> {
  try {
    await kinds.of(row.task).clearUp(row, tools);
  } catch (error) {
    tools.log.warn('clearing up after an ended task failed', { task: row.task.id, error });
  }
}

/** Clearing up after cancelled tasks, which goes on while nobody waits for it. */
export class Clearing {
  readonly #under = new Set<Promise<void>>();

  add(work: Promise<void>): void {
    this.#under.add(work);
    void work.finally(() => this.#under.delete(work));
  }

  /** Resolves when nothing is left to do, after `graceMs` at the latest. */
  async ended(clock: Clock, graceMs: number): Promise<void> {
    const enough = new AbortController();
    const grace = clock.sleep(graceMs, enough.signal).catch(() => {});
    await Promise.race([Promise.all(this.#under), grace]);
    enough.abort();
  }
}
