import { Failure } from '#shared/failure.ts';

export function connectionClosed(description: string): Failure {
  return new Failure('connection.closed', `The connection to ${description} was closed by us.`, {
    retry: 'later',
  });
}

export function connectionLost(description: string, cause?: unknown): Failure {
  return new Failure('connection.lost', `The connection to ${description} was lost.`, {
    hint: 'Trustkeep connects again by itself; look at the network if it stays away.',
    retry: 'later',
    cause,
  });
}

export function tookTooLong(description: string, what: string, ms: number): Failure {
  return new Failure(
    'connection.timeout',
    `${description} did not ${what} within ${Math.round(ms / 1000)} seconds.`,
    {
      hint: 'The machine may be overloaded or unreachable; look at it and try again.',
      retry: 'later',
    },
  );
}
