import { Failure } from '#shared/failure.ts';

export function connectionClosed(description: string): Failure {
  return new Failure('connection.closed', `Trustkeep closed the connection to ${description}.`);
}

export function connectionLost(description: string, cause?: unknown): Failure {
  return new Failure('connection.lost', `The connection to ${description} was lost.`, {
    hint: 'Trustkeep will reconnect automatically. If this continues, check the network.',
    cause,
  });
}

export function tookTooLong(description: string, what: string, ms: number): Failure {
  return new Failure(
    'connection.timeout',
    `${description} did not ${what} within ${Math.round(ms / 1000)} seconds.`,
    {
      hint: 'The machine may be overloaded or unreachable. Check it and try again.',
    },
  );
}
