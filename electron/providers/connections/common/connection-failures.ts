import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';

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

/** No connection came about in time. */
export function noAnswer(
  { host, port }: { host: string; port: number },
  hint: string,
  cause?: unknown,
): Failure {
  return new Failure('connection.timeout', `${host} did not answer on port ${port} in time.`, {
    hint,
    cause,
  });
}

/** What helps, as it depends on what is connected to. */
interface ReachHints {
  refused: string;
  silent: string;
}

/** Why no connection came about, by the code of the socket or the resolver; null: it is none of theirs. */
export function notReached(
  code: unknown,
  { host, port }: { host: string; port: number },
  hints: ReachHints,
  cause: unknown,
): Failure | null {
  const make = (failure: FailureCode, sentence: string, hint: string) =>
    new Failure(failure, sentence, { hint, cause });
  switch (code) {
    case 'ECONNREFUSED':
      return make('connection.refused', `${host} refused the connection on port ${port}.`, hints.refused);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENODATA':
      return make(
        'connection.unresolved',
        `The name ${host} could not be resolved.`,
        'Check its spelling and the DNS of this machine.',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return make(
        'connection.unreachable',
        `${host} cannot be reached from this machine.`,
        'Check the network, routes and firewalls.',
      );
    case 'ETIMEDOUT':
      return noAnswer({ host, port }, hints.silent, cause);
    default:
      return null;
  }
}
