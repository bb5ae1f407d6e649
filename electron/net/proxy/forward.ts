import { Failure } from '#shared/failure.ts';
import { defaultTimeoutMs, withDeadline } from './deadline.ts';
import { onTheLine, refusedRequest, tooSlow, wordsOf } from './failures.ts';
import { whoAnswered } from './own-answer.ts';
import { passLogIn } from './pass-log-in.ts';
import type { ProxyPlace } from './place.ts';
import { type AnswerHead, TooLong } from './read-answer.ts';
import { Talk } from './talk.ts';
import { told } from './told.ts';
import type { ProxyTools } from './tools.ts';
import { writeHead } from './write-request.ts';

interface ForwardRequest {
  method: string;
  /** `http://…`, absolute. */
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array | string | undefined;
  /** A longer body is `net.too-large`. */
  maxBytes: number;
  /** For the whole request. Default: `connectTimeoutMs` of the tools, or 30 s. */
  timeoutMs?: number | undefined;
}

interface ForwardAnswer {
  status: number;
  /** Names in lower case; a header that came more than once is joined with `, `. */
  headers: Record<string, string>;
  body: Buffer;
  /** An error that the proxy may have made itself: nothing in it says whose it is. */
  perhapsOwn: boolean;
}

const repeatable = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
/** Ours to say, hop by hop. */
const own = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * A request for an `http:` address in absolute form, on a connection to the proxy that is kept and stays logged in.
 * Resolves whatever the status is, but for 407 and for what the proxy says itself. Rejects with Failure `proxy.*`, `net.too-large`, or with the signal's
 * reason. Only requests that may be repeated are sent again when a kept connection was closed. Safe concurrently.
 */
export function forward(
  proxy: ProxyPlace,
  request: ForwardRequest,
  tools: ProxyTools,
): Promise<ForwardAnswer> {
  const limit = request.timeoutMs ?? tools.connectTimeoutMs ?? defaultTimeoutMs;
  const late = () => tooSlow(proxy, limit);
  return told(tools, (telling) =>
    withDeadline(tools.clock, limit, tools.signal, late, (signal) => send(proxy, request, telling, signal)),
  );
}

async function send(
  proxy: ProxyPlace,
  request: ForwardRequest,
  tools: ProxyTools,
  signal: AbortSignal,
): Promise<ForwardAnswer> {
  const { kept } = tools.memory.of(proxy);
  const talk = new Talk(proxy, tools, signal, kept.take());
  try {
    const asked = toAsk(request, tools.userAgent);
    const { answer, sent } = await passLogIn(talk, asked, proxy, tools, signal);
    const speaker = whoAnswered(answer);
    if (speaker === 'proxy') {
      const page = await talk.page(answer, request.method);
      throw refusedRequest(
        proxy,
        new URL(request.url).host,
        answer.status,
        wordsOf(answer.reason, page, sent),
      );
    }
    const line = talk.line;
    if (line === null) throw new Error('an answer without a connection');
    const body = await line.body(answer, request.method, request.maxBytes).catch((thrown: unknown) => {
      if (thrown instanceof TooLong) throw tooLarge(request);
      throw onTheLine(thrown, proxy, 'in the middle of its answer');
    });
    talk.giveUp();
    if (line.staysOpen(answer, request.method)) kept.keep(line);
    else line.end();
    return { status: answer.status, headers: joined(answer), body, perhapsOwn: speaker === 'unknown' };
  } finally {
    talk.end();
  }
}

function toAsk(request: ForwardRequest, userAgent: string) {
  const url = new URL(request.url);
  url.hash = '';
  url.username = '';
  url.password = '';
  const body = request.body === undefined ? null : Buffer.from(request.body as Uint8Array);
  const given = Object.entries(request.headers).filter(([name]) => !own.has(name.toLowerCase()));
  const hasAgent = given.some(([name]) => name.toLowerCase() === 'user-agent');
  const sized = body !== null || request.method === 'POST' || request.method === 'PUT';
  return {
    method: request.method,
    uri: url.href,
    repeatable: repeatable.has(request.method),
    write(authorization: string | null): Buffer {
      const head = writeHead(request.method, url.href, [
        ['Host', url.host],
        ...(hasAgent ? [] : [['User-Agent', userAgent] as const]),
        ...given,
        ...(sized ? [['Content-Length', String(body?.length ?? 0)] as const] : []),
        ['Proxy-Connection', 'keep-alive'],
        ...(authorization === null ? [] : [['Proxy-Authorization', authorization] as const]),
      ]);
      if (body === null) return head;
      const whole = Buffer.concat([head, body]);
      head.fill(0);
      return whole;
    },
  };
}

function tooLarge({ url, maxBytes }: ForwardRequest): Failure {
  return new Failure('net.too-large', `${new URL(url).host} sent more than ${maxBytes} bytes.`, {
    hint: 'Check that this is the address of the right service.',
  });
}

function joined(answer: AnswerHead): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of answer.headers) {
    const before = Object.hasOwn(all, name) ? all[name] : undefined;
    all[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return all;
}
