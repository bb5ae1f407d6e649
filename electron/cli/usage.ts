import { Failure } from '#shared/failure.ts';

/** The command line itself is wrong: exit code 2. */
export function usage(sentence: string, hint?: string): Failure {
  return new Failure('usage', sentence, { hint });
}
