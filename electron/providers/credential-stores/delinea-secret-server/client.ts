import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { Http } from '../../../net/http.ts';
import type { HttpRequest } from '../../../net/http-request.ts';
import { type JsonAnswer, requestJson, whenToRetry } from '../common/over-http.ts';
import type { Granted } from './login.ts';
import type { DelineaSession } from './session.ts';
import { wordsOf } from './wire.ts';

export interface ApiCall {
  method: 'GET' | 'POST';
  /** Below `/api/v1/`, encoded. */
  path: string;
  query?: Readonly<Record<string, string>> | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** The API with a login. A token that is no longer taken is followed by one new login and one more try. */
export interface ApiClient {
  /** Resolves for what the caller has to read (below 500, but 401 and 429); all else is a Failure. */
  ask(call: ApiCall): Promise<JsonAnswer>;
  /** The content of a field, as bytes; null when it is refused. */
  content(call: ApiCall): Promise<Buffer | null>;
}

interface ClientParts {
  who: string;
  trustedRootsPem: string | null;
  session: DelineaSession;
  http: Http;
  clock: Clock;
}

export function makeApiClient({ who, trustedRootsPem, session, http, clock }: ClientParts): ApiClient {
  function requestOf(call: ApiCall, granted: Granted): HttpRequest {
    const { method, path, query = {}, body, signal } = call;
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
    return {
      ...{ method, signal, trustedRootsPem, url: `${granted.base}/api/v1/${path}${search}` },
      headers: {
        authorization: `Bearer ${granted.token.text()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
  }

  async function withLogin<T>(
    call: ApiCall,
    send: (request: HttpRequest) => Promise<T>,
    isStale: (answer: T) => boolean,
  ): Promise<T> {
    for (let tries = 0; ; tries++) {
      const granted = await session.get(call.signal);
      const answer = await send(requestOf(call, granted));
      if (!isStale(answer)) return answer;
      session.drop(granted);
      if (tries > 0) throw tokenRefused(who);
    }
  }

  return {
    async ask(call) {
      const answer = await withLogin(
        call,
        (request) => requestJson(http, request, who),
        (found) => isStaleToken(found.status, wordsOf(found.json)),
      );
      if (answer.status === 429 || answer.status >= 500) throw unavailable(who, answer, clock.now());
      return answer;
    },
    async content(call) {
      const answer = await withLogin(
        call,
        (request) => http.request({ ...request, headers: { accept: '*/*', ...request.headers } }),
        (found) => found.status === 401,
      );
      return answer.status === 200 ? answer.body : null;
    },
  };
}

/** 401, or as older versions say it 403 with words about the login. */
function isStaleToken(status: number, words: string): boolean {
  return status === 401 || (status === 403 && /authentication failed|(expired|invalid) token/i.test(words));
}

function tokenRefused(who: string): Failure {
  return new Failure(
    'credential-store.login-refused',
    `${who} does not accept the token it has just issued.`,
    {
      hint: 'Check that the account is allowed to use web services, and that the clock of the server is right.',
    },
  );
}

function unavailable(who: string, answer: JsonAnswer, now: number): Failure {
  const words = wordsOf(answer.json);
  return new Failure(
    'credential-store.unavailable',
    `${who} cannot answer at the moment (HTTP status ${answer.status}).`,
    {
      hint: 'Trustkeep will try again automatically. If this continues, check the Secret Server.',
      ...whenToRetry(answer.headers, now),
      peerSaid: words === '' ? undefined : answer.tail(words),
    },
  );
}
