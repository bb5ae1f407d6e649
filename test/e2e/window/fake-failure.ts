import { ORPCError } from '@orpc/server';
import { Failure, type FailureData } from '#shared/failure.ts';

/** A failure as it crosses the port: with what the product says that it is about. */
export function fail(said: FailureData) {
  const data = Failure.from(said).toData();
  return new ORPCError('FAILURE', { status: 422, message: data.sentence, data, defined: true });
}

export function need<T>(rows: readonly T[], fits: (row: T) => boolean, sentence: string): T {
  const found = rows.find(fits);
  if (found === undefined)
    throw fail({
      code: 'not-found',
      sentence,
      hint: 'It may have been removed. Go back to the list.',
      retry: 'never',
    });
  return found;
}
