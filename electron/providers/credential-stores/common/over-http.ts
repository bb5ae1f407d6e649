import { peerTail, redact } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { RetryClass } from '#shared/failure-codes/code.ts';
import type { Http } from '../../../net/http.ts';
import type { HttpRequest } from '../../../net/http-request.ts';

export interface JsonAnswer {
  status: number;
  /** Null for an empty answer; undefined for a refusal (status 300 and up) that is not JSON: `shown` says what it is. */
  json: unknown;
  headers: Record<string, string>;
  /** `HTML titled "502 Bad Gateway"`, `JSON`, `nothing`: never the body. */
  shown: string;
  /** What it said, fit for `peerSaid`: cut, and without the token it was sent, should it repeat that. */
  tail(words: string): string;
}

/**
 * Asks a store for JSON. `who` names it in sentences: `HashiCorp Vault at vault.example.org:8200`. An accepted request
 * (2xx) that is answered with something else is `credential-store.unexpected-answer`; refusals are the caller's to read.
 */
export async function requestJson(http: Http, request: HttpRequest, who: string): Promise<JsonAnswer> {
  const { status, headers, body } = await http.request({
    ...request,
    headers: { accept: 'application/json', ...request.headers },
  });
  const sent = tokensIn(request);
  const tail = (words: string) => peerTail(words, sent);
  if (body.length === 0) return { status, headers, json: null, shown: 'nothing', tail };
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isJson = type === 'application/json' || type.endsWith('+json');
  const json = isJson ? parse(body) : undefined;
  const shown = json === undefined ? whatItIs(type, isJson, body, sent) : 'JSON';
  const answer = { status, headers, json, shown, tail };
  if (json === undefined && status < 300) throw unexpectedAnswer(who, answer);
  return answer;
}

function tokensIn({ headers = {} }: HttpRequest): string[] {
  return Object.entries(headers)
    .filter(([name]) => /token|authorization/i.test(name))
    .map(([, value]) => value.replace(/^Bearer /, ''));
}

/** The answer makes no sense from such a store. `because` names what is missing: `no data.keys`; nothing of the body. */
export function unexpectedAnswer(who: string, answer: JsonAnswer, because?: string): Failure {
  const why = because === undefined ? '' : ` (${because})`;
  return new Failure(
    'credential-store.unexpected-answer',
    `${who} answered with HTTP status ${answer.status} and ${answer.shown}${why}, which is not an answer of such a store.`,
    {
      hint: 'Check that this is the address of the store itself, not of a login page, a proxy or another service.',
      retry: answer.status >= 500 || answer.status === 429 ? 'later' : 'needs-person',
    },
  );
}

const longestRetryAfterMs = 60 * 60_000;

/** `after` when the answer names seconds or a date (an hour at most), else `later`. */
export function whenToRetry(
  headers: Record<string, string>,
  now: number,
): { retry: RetryClass; retryAt?: number } {
  const text = headers['retry-after']?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  if (Number.isNaN(wait)) return { retry: 'later' };
  return { retry: 'after', retryAt: now + Math.min(Math.max(wait, 0), longestRetryAfterMs) };
}

/** Undefined when it is no JSON. The parser's own error quotes the text, so it goes no further. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

const lower = (text: string) => text.toLowerCase();

function whatItIs(type: string, saidJson: boolean, body: Buffer, sent: string[]): string {
  if (saidJson) return 'JSON that cannot be read';
  const head = body.subarray(0, 4096).toString('utf8');
  if (type !== 'text/html' && !/^\s*<(!doctype html|html)\b/i.test(head))
    return type === ''
      ? 'something without a content type'
      : `content of the type ${redact(type, sent.map(lower)).slice(0, 60)}`;
  const title = /<title[^>]*>([^<]*)/i.exec(head)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
  return title === '' ? 'a web page' : `a web page titled "${redact(title, sent).slice(0, 80)}"`;
}
