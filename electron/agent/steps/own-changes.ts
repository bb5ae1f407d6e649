import { type OwnChange, ownChangesOf } from '#shared/model/changes/index.ts';
import { groundOf } from '#shared/model/subject.ts';
import { groupOf } from './group.ts';
import { checkMaterialOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

/** More tasks than one endpoint sees between a plan and its yes. */
const mostTasks = 500;

/**
 * What other tasks of ours changed on this endpoint since this task began and left there: proved to be served, or not
 * provable; those of the same group also before they end. Somebody who approves six plans for one server at once must not see five of them refused for the first.
 */
export function ownChangesSince(context: StepContext): OwnChange[] {
  const { task, tools } = context;
  const { database } = tools;
  const group = groupOf(context);
  const ofGroup = (group === undefined ? [] : database.tasks.ofGroup(group.id))
    .filter((one) => one.task.id !== task.id && one.task.finishedAt === null && 'prove' in one.memory.outputs)
    .filter((one) => groundOf(one.task.subject) === groundOf(task.subject));
  const ended = database.tasks
    .list({ states: ['succeeded', 'succeeded-with-warnings'], limit: mostTasks })
    .filter(
      (other) =>
        groundOf(other.subject) === groundOf(task.subject) && (other.finishedAt ?? 0) >= task.createdAt,
    )
    .flatMap(({ id }) => database.tasks.get(id) ?? []);
  return [...ended, ...ofGroup].flatMap(({ memory }) => {
    const output = checkMaterialOutput.safeParse(memory.outputs['check-material']);
    return output.success ? ownChangesOf(output.data.plan.install.changes) : [];
  });
}
