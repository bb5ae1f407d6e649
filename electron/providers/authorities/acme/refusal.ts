import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { HttpResponse } from '../../../net/http-request.ts';
import { retryAfterMs } from './headers.ts';
import { type ProblemContext, problemFailure, rateLimitedWaitMs, shortType } from './problems.ts';
import { parseJson, problem } from './wire.ts';

/** What was asked of whom, and when. */
interface Question {
  /** Host of the CA. */
  ca: string;
  /** For the sentence: `the order for a.example`. */
  asked: string;
  now: number;
}

/** What a status of 300 or above means, in the words of the CA when it gave some. */
export function refusal(answer: HttpResponse, question: Question): Failure {
  const wait = retryAfterMs(answer.headers['retry-after'], question.now);
  const context: ProblemContext = {
    ...question,
    status: answer.status,
    retryAt: wait === null ? null : question.now + wait,
  };
  const isProblem = answer.headers['content-type']?.startsWith('application/problem+json') ?? false;
  const read = problem.safeParse(parseJson(answer.body));
  if (read.success && (isProblem || shortType(read.data) !== null)) return problemFailure(read.data, context);
  return silentFailure(answer, context);
}

/** No ACME server spoke, or it gave no reason: the status is all there is. */
function silentFailure({ status, body }: HttpResponse, context: ProblemContext): Failure {
  const { ca, asked, retryAt, now } = context;
  const { code, hint } = meaningOf(status);
  const limited = status === 429;
  const retry = limited || (status >= 500 && retryAt !== null) ? 'after' : undefined;
  return new Failure(code, `The CA ${ca} answered ${asked} with HTTP status ${status}.`, {
    hint,
    retry,
    retryAt: retry === 'after' ? (retryAt ?? now + rateLimitedWaitMs) : undefined,
    peerSaid: peerTail(body.toString('utf8')) || undefined,
  });
}

const wrongPlace = 'Check that the directory URL is exactly the one the CA publishes.';

/** Statuses with a code of their own; the sentence names every one. */
const silent: Readonly<Record<number, { code: FailureCode; hint: string }>> = {
  404: { code: 'acme.http-404', hint: wrongPlace },
  409: {
    code: 'acme.conflict',
    hint: 'Check whether another program orders the same names with the same account.',
  },
  410: { code: 'acme.http-410', hint: wrongPlace },
  429: { code: 'acme.rate-limited', hint: 'Trustkeep will wait as long as the CA asks.' },
};

function meaningOf(status: number): { code: FailureCode; hint: string } {
  const known = silent[status];
  if (known !== undefined) return known;
  if (status >= 500)
    return {
      code: 'acme.unavailable',
      hint: 'Trustkeep will try again automatically. The CA, or a server in front of it, may be overloaded or under maintenance.',
    };
  if (status < 400)
    return {
      code: 'acme.http-failed',
      hint: `Only a redirect of the directory itself is followed, once and to https. ${wrongPlace}`,
    };
  return { code: 'acme.http-failed', hint: wrongPlace };
}

const saysAbsent: ReadonlySet<string> = new Set<FailureCode>([
  'acme.http-404',
  'acme.http-410',
  'acme.not-found',
]);

/** The CA answered that what was asked for is not there. One such answer may come from a replica that lags behind. */
export function isAbsent(failure: Failure): boolean {
  return saysAbsent.has(failure.code);
}
