import { ZodError } from 'zod';
import { asFailure, Failure } from '#shared/failure.ts';
import { placeOf } from '#shared/model/subject.ts';
import { guardPlan, isKeptAsSealed } from './approval-guard.ts';
import { snapshotOutput } from './shapes.ts';
import type { StepContext } from './step.ts';
import { tagOf } from './tag.ts';

/**
 * Rejects unless what is about to be undone was approved, on the endpoint as it was approved, and what is put back is what
 * was kept. With `keychain.*` while that cannot be told: the task waits. What can never be told rejects with
 * `restore.not-approved`, and nothing is touched.
 */
export async function guardUndo(context: StepContext): Promise<void> {
  try {
    await mustBeKept(context);
  } catch (error) {
    if (error instanceof ZodError)
      throw refused(context, 'What the database says of this task cannot be read.', error);
    const failure = asFailure(error);
    if (failure.about === 'keychain' || failure.retry === 'later' || failure.retry === 'after') throw error;
    throw refused(context, failure.message, failure);
  }
}

async function mustBeKept(context: StepContext): Promise<void> {
  const { plan, approval } = guardPlan(context);
  const kept = context.output('snapshot', snapshotOutput);
  if (isKeptAsSealed(context, approval, kept) === 'sealed') return;
  // the yes is of a version that sealed no snapshot: what can be told without a seal has to do
  const { endpoint } = await context.tools.openConnection();
  endpoint.checkSnapshot(plan.install, kept.snapshot, tagOf(context.task));
}

function refused({ task }: StepContext, why: string, cause: Error): Failure {
  return new Failure('restore.not-approved', `Nothing was restored: ${why}`, {
    hint: `Check which certificate is installed and served on ${placeOf(task.subject)}. Copies of the previous files may lie beside them (.trustkeep-${tagOf(task)}.kept.*). Find out who can write to the database.`,
    cause,
  });
}
