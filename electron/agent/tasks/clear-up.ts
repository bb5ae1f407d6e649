import type { Clock } from '#kit/clock.ts';
import type { TaskRow } from '../../database/database.ts';
import { sealedKeyName } from '../steps/make-key.ts';
import type { StepTools } from '../steps/step.ts';
import { tagOf } from '../steps/tag.ts';

/**
 * Removes what a task that ended without success left behind: the sealed key, and on the target the key made for it.
 * Kept copies stay when the restore is not proved: a person will need them. Best effort, never rejects.
 */
export async function clearUpEnded(row: TaskRow, tools: StepTools): Promise<void> {
  if (row.task.kind !== 'certify') return;
  if (row.task.restored === 'failed' || row.task.restored === 'unproved') return;
  try {
    tools.database.secrets.remove(row.task.id, sealedKeyName);
    if (!('make-key' in row.memory.outputs) && stepBegan(row, 'make-key') === false) return;
    const { endpoint } = await tools.session();
    await endpoint.discard(null, tagOf(row.task));
  } catch (error) {
    tools.log.warn('clearing up after an ended task failed', { task: row.task.id, error });
  }
}

function stepBegan(row: TaskRow, name: string): boolean {
  return row.task.steps.some((step) => step.name === name && step.startedAt !== null);
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
