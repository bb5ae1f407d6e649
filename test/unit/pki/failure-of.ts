import { Failure } from '#shared/failure.ts';

/** The Failure that `work` throws; an error when it throws none or something else. */
export function failureOf(work: () => unknown): Failure {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw new Error('something else than a Failure was thrown', { cause: thrown });
  }
  throw new Error('nothing was thrown');
}

/** The same of what is promised. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Failure> {
  const outcome = await promise.then(
    () => null,
    (thrown: unknown) => ({ thrown }),
  );
  return failureOf(() => {
    if (outcome !== null) throw outcome.thrown;
  });
}
