import { parseChallenges } from './challenges.ts';
import { badAnswer } from './failures.ts';
import { LogIn, type LogInStep } from './log-in.ts';
import type { ProxyPlace } from './place.ts';
import { type AnswerHead, headerValues } from './read-answer.ts';
import type { Talk } from './talk.ts';
import type { ProxyTools } from './tools.ts';

interface AskedRequest {
  method: string;
  /** As it stands in the request line. */
  uri: string;
  /** Asking twice does no harm. */
  repeatable: boolean;
  /** The whole request; null: without a log-in. */
  write(authorization: string | null): Buffer;
}

interface PassedRequest {
  /** The first answer that is no 407; its body is not read yet. */
  answer: AnswerHead;
  /** What was sent as log-in and must not be repeated in a sentence. */
  sent: string[];
}

/** Longer than any exchange of an honest proxy: nonce too old, or NTLM on a second connection. */
const mostSteps = 6;

/** Asks, and logs in as often as the exchange needs, until the proxy lets the request through. */
export async function passLogIn(
  talk: Talk,
  request: AskedRequest,
  proxy: ProxyPlace,
  tools: ProxyTools,
  signal: AbortSignal,
): Promise<PassedRequest> {
  const logIn = new LogIn(proxy, tools, request, signal);
  try {
    let step: LogInStep = talk.line?.loggedIn ? { authorization: null, bound: false } : await logIn.first();
    for (let count = 0; count < mostSteps; count++) {
      const { authorization, bound } = step;
      const answer = await talk.ask(() => request.write(authorization), !bound && request.repeatable);
      if (answer.status !== 407) {
        logIn.passed(talk.line?.loggedIn === true);
        if (talk.line !== null && logIn.bindsConnection) talk.line.loggedIn = true;
        return { answer, sent: wordsSent(authorization) };
      }
      const before = talk.line;
      await talk.pass(answer, request.method);
      const offers = parseChallenges(headerValues(answer, 'proxy-authenticate'));
      step = await logIn.next(offers, talk.line !== null && talk.line === before);
    }
    throw badAnswer(proxy, 'asks for a login again and again');
  } finally {
    logIn.end();
  }
}

/** A proxy may repeat what it was sent, in clear as well. */
function wordsSent(authorization: string | null): string[] {
  const [, scheme, token] = /^(\S+) (.*)$/s.exec(authorization ?? '') ?? [];
  if (token === undefined) return [];
  if (scheme === 'Digest') return [token, /\bresponse="(\w+)"/.exec(token)?.[1] ?? token];
  if (scheme !== 'Basic') return [token];
  const pair = Buffer.from(token, 'base64').toString('utf8');
  return [token, pair, pair.slice(pair.indexOf(':') + 1)];
}
