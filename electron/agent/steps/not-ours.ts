import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Plan } from '#shared/model/plan.ts';

/** For the hint of a refusal behind the yes. */
export const nothingMore = (plan: Plan): string => `Nothing more is changed on ${plan.endpointName}.`;

/** What the database says is not what this task stored. Never tried again: `sentence` says what it is, `then` what to do. */
export function notOurs(
  plan: Plan,
  code: FailureCode,
  sentence: string,
  then = 'request the certificate again',
): Failure {
  return new Failure(code, sentence, {
    hint: `${nothingMore(plan)} Find out who can write to the database, then ${then}.`,
    retry: 'never',
  });
}
