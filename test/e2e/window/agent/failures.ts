import { Failure } from '#shared/failure.ts';
import { diskError } from '../world/said-by-others.ts';

/** The plan on the screen is not the one that would be approved. */
export const anotherPlan = (): Failure =>
  new Failure('approval.other-plan', 'The plan that is waiting for approval is not the one that was read.', {
    hint: 'Read the plan again, then decide.',
  });

/** What a test can have the next changing command answer, by name. */
export const plannedFailures = {
  'another-plan': anotherPlan,
  'bad-disk': () =>
    new Failure('database.io', 'The disk under the database /home/mara/trustkeep.db reports an error.', {
      hint: 'Check the disk and the system log. Nothing that was confirmed is lost.',
      peerSaid: diskError,
    }),
} as const;
