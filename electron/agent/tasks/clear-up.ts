import type { TaskRow } from '../../database/database.ts';
import { leave, say } from '../steps/leave.ts';
import type { StepTools } from '../steps/step.ts';
import type { TaskKinds } from './kinds.ts';

/**
 * Removes what a task that is about to end without success left behind, as its kind says. Gives what to store with its end of
 * what could not be removed. Never rejects.
 */
export async function clearUpEnding(kinds: TaskKinds, row: TaskRow, tools: StepTools): Promise<() => void> {
  const { database, clock } = tools;
  const { task } = row;
  const kind = kinds.of(task);
  const may = kind.leaves(row, database);
  if (may === null) return () => {};
  const { left, because, gaveUp } = await kind.clearLeft(may, task, tools);
  return () => {
    if (left !== null) leave({ database, now: clock.now(), task, left, because });
    if (gaveUp !== null) say(database, clock.now(), task, 'failed', gaveUp);
  };
}
