import { type OwnChange, ownChangesOf } from '#shared/model/changes/index.ts';
import { groundOf } from '#shared/model/subject.ts';
import { checkMaterialOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

/** More tasks than one endpoint sees between a plan and its yes. */
const mostTasks = 500;

/**
 * What other tasks of ours changed on this endpoint since this task began and left there: proved to be served, or not
 * provable. Somebody who approves six plans for one server at once must not see five of them refused for the first.
 */
export function ownChangesSince({ task, tools: { database } }: StepContext): OwnChange[] {
  return database.tasks
    .list({ states: ['succeeded', 'succeeded-with-warnings'], limit: mostTasks })
    .filter(
      (other) =>
        groundOf(other.subject) === groundOf(task.subject) && (other.finishedAt ?? 0) >= task.createdAt,
    )
    .flatMap((other) => {
      const output = checkMaterialOutput.safeParse(
        database.tasks.get(other.id)?.memory.outputs['check-material'],
      );
      if (!output.success) return [];
      return ownChangesOf(output.data.plan.install.changes);
    });
}
