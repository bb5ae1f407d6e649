import { Failure } from '#shared/failure.ts';
import { shownTime } from './login.ts';

export function notYet({ failure, until }: { failure: Failure; until: number }): Failure {
  const sentence = `${failure.message} It is not tried again before ${shownTime(until)}, so that it does not get locked.`;
  return failure.saying(sentence, { retry: 'after', retryAt: until });
}

export function closedFailure(who: string): Failure {
  return new Failure('credential-store.closed', `The store at ${who} was closed while it was being read.`, {
    hint: 'Its settings were changed or Trustkeep is stopping. Try again.',
  });
}
