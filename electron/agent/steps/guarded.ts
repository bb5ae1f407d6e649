import { asFailure } from '#shared/failure.ts';
import type { Outcome, Step, StepContext } from './step.ts';

type Guard = (context: StepContext) => void | Promise<void>;

/** The step, which does nothing at all unless the guard lets it: each looks again, so that no change in between slips through. */
export function guarded(step: Step, guard: Guard): Step {
  return {
    ...step,
    run: async (context) => (await refusalBy(guard, context)) ?? step.run(context),
  };
}

async function refusalBy(guard: Guard, context: StepContext): Promise<Outcome | null> {
  try {
    await guard(context);
    return null;
  } catch (error) {
    const failure = asFailure(error);
    if (failure.about === 'keychain' || failure.retry === 'later' || failure.retry === 'after') throw error;
    return { kind: 'failed', failure, untouched: true };
  }
}
