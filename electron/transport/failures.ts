import { ORPCError } from '@orpc/client';
import { ValidationError } from '@orpc/contract';
import { withoutPasted } from '#kit/redact.ts';
import { asFailure, Failure, failureData } from '#shared/failure.ts';
import { invalidInput } from './invalid-input.ts';

/**
 * Whatever a handler or the contract check threw, as the Failure that goes to the caller and the audit. A sentence that
 * repeats what was given may repeat a key pasted in the place of its path.
 */
export function toFailure(thrown: unknown, command: string, input: unknown): Failure {
  const failure = readFailure(thrown, command, input);
  const sentence = withoutPasted(failure.message);
  const hint = failure.hint === undefined ? undefined : withoutPasted(failure.hint);
  if (sentence === failure.message && hint === failure.hint) return failure;
  return failure.saying(sentence, { hint });
}

function readFailure(thrown: unknown, command: string, input: unknown): Failure {
  if (!(thrown instanceof ORPCError)) return asFailure(thrown);
  if (thrown.code === 'FAILURE') return fromData(thrown.data, thrown);
  if (thrown.cause instanceof ValidationError) {
    return thrown.code === 'BAD_REQUEST'
      ? invalidInput(thrown.cause.issues, input)
      : new Failure('internal', `The answer to ${command} does not match its contract.`, {
          hint: 'This is a bug in Trustkeep. The log has the details.',
          retry: 'never',
          cause: thrown.cause,
        });
  }
  return asFailure(thrown);
}

/** The typed error that crosses the line: the failure's data, no stack, no cause. */
export function toLine(failure: Failure): ORPCError<'FAILURE', ReturnType<Failure['toData']>> {
  const error = new ORPCError('FAILURE', {
    defined: true,
    status: 422,
    message: failure.message,
    data: failure.toData(),
  });
  delete error.stack;
  return error;
}

/** The other end of `toLine`: what a client got, as a Failure again. Null when it is none of ours. */
export function fromLine(error: unknown): Failure | null {
  if (error instanceof Failure) return error;
  if (error instanceof ORPCError && error.code === 'FAILURE') return fromData(error.data, error);
  return null;
}

function fromData(data: unknown, cause: unknown): Failure {
  const parsed = failureData.safeParse(data);
  if (!parsed.success) return asFailure(cause);
  return Failure.from(parsed.data);
}
