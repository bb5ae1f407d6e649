import { Failure } from '#shared/failure.ts';
import { type Login, shownTime } from './login.ts';

export function notYet({ failure, until }: { failure: Failure; until: number }): Failure {
  const sentence = `${failure.message} It is not tried again before ${shownTime(until)}, so that it does not get locked.`;
  return failure.saying(sentence, { retry: 'after', retryAt: until });
}

/** Told ahead of time: what is set as the token ends, and nothing keeps it alive. */
export function endsFailure(who: string, { endsAt }: Login): Failure {
  const end = endsAt === null ? 'soon' : `at ${shownTime(endsAt)}`;
  return new Failure(
    'credential-store.login-ends',
    `The token of this store for ${who} ends ${end} and cannot be renewed.`,
    { hint: 'Set a new token for the store before then.' },
  );
}

export function closedFailure(who: string): Failure {
  return new Failure('credential-store.closed', `The store at ${who} was closed while it was being read.`, {
    hint: 'Its settings were changed or Trustkeep is stopping. Try again.',
  });
}
