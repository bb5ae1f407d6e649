import { ZodError } from 'zod';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Plan } from '#shared/model/plan.ts';
import { placeOf } from '#shared/model/subject.ts';
import type { Endpoint } from '../../providers/endpoints/endpoint.ts';
import { guardPlan, mustBeKeptAsSealed } from './approval-guard.ts';
import { planOutput, snapshotOutput } from './shapes.ts';
import type { StepContext } from './step.ts';
import { tagOf } from './tag.ts';

/**
 * Rejects unless what is about to be undone was approved, on the endpoint as it was approved, and what is put back is what
 * was kept. With `keychain.*` while that cannot be told: the task waits. What can never be told rejects with
 * `restore.not-approved`, and nothing is touched.
 */
export function guardUndo(context: StepContext): void {
  try {
    const { approval } = guardPlan(context);
    mustBeKeptAsSealed(context, approval, context.output('snapshot', snapshotOutput));
  } catch (error) {
    if (error instanceof ZodError)
      throw refused(context, 'What the database says of this task cannot be read.', error);
    const failure = asFailure(error);
    if (failure.about === 'keychain' || failure.retry === 'later' || failure.retry === 'after') throw error;
    throw refused(context, failure.message, failure);
  }
}

/**
 * Rejects with `restore.not-approved` unless what is about to be put back is what the approved plan changes, and the endpoint
 * still keeps it. A seal does not say so: versions before this one sealed what a file beside the certificate told them, or
 * nothing. And rows of a task that has ended, put back as they once were, have all their seals: what they are about was
 * cleared up on the endpoint, where the database does not reach.
 */
export async function mustBeKept(context: StepContext, endpoint: Endpoint): Promise<void> {
  const { plan } = context.output('plan', planOutput);
  const failure = await whyNotKept(context, endpoint, plan);
  if (failure !== null) throw refused(context, failure.message, failure);
}

/** Why the endpoint does not keep what undoes this change (`snapshot.other`, `snapshot.gone`); null: it does. */
export async function whyNotKept(
  context: StepContext,
  endpoint: Endpoint,
  { install }: Plan,
): Promise<Failure | null> {
  const { snapshot } = context.output('snapshot', snapshotOutput);
  try {
    await endpoint.checkSnapshot(install, snapshot, tagOf(context.task));
    return null;
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== 'snapshot.other' && failure.code !== 'snapshot.gone') throw error;
    return failure;
  }
}

function refused({ task }: StepContext, why: string, cause: Error): Failure {
  return new Failure('restore.not-approved', `Nothing was restored: ${why}`, {
    hint: `Check which certificate is installed and served on ${placeOf(task.subject)}. Copies of the previous files may lie beside them (.trustkeep-${tagOf(task)}.kept.*). Find out who can write to the database or beside these files.`,
    cause,
  });
}
