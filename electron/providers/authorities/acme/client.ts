import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { peerTail } from '#kit/redact.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Http } from '../../../net/http.ts';
import type { HttpRequest, HttpResponse } from '../../../net/http-request.ts';
import { type Signer, signedBody } from './jws.ts';
import { problemFailure, shortType } from './problems.ts';
import { type Directory, directory, parseJson, problem, readAs } from './wire.ts';

export interface AcmeAnswer {
  status: number;
  body: Buffer;
  /** `Location`, absolute. */
  location: string | null;
  /** `Retry-After` in milliseconds from now, whichever of its two forms it came in. */
  retryAfterMs: number | null;
  /** Addresses of `Link` headers with this relation, absolute. */
  links(relation: string): string[];
}

export interface AskOptions {
  /** For the sentence when it is refused: `the order for a.example`. */
  asked: string;
  signal?: AbortSignal | undefined;
  accept?: string | undefined;
}

/** Even a CA that refuses every second nonce gets through; one that refuses all is not asked for ever. */
const nonceTries = 15;
/** CAs forget nonces, some after minutes: an old one costs a round trip more than a new one. */
const nonceLifeMs = 5 * 60_000;
const noncesKept = 32;
/** Those that somebody decides by; the sentence names every one. */
const httpCodes: Readonly<Record<number, FailureCode>> = { 404: 'acme.http-404', 410: 'acme.http-410' };
const directoryLifeMs = 60 * 60_000;

interface ClientParts {
  directoryUrl: string;
  trustedRootsPem: string | null;
  http: Http;
  clock: Clock;
  log: Log;
}

/**
 * Speaks ACME to one CA: nonces, signatures, problem documents. Rejects with Failure `acme.*` or `net.*`; the code of
 * an ACME error is its type in dashes (`acme.order-not-ready`). Safe concurrently.
 */
export class AcmeClient {
  /** Host and port of the CA, for sentences. */
  readonly ca: string;
  readonly #parts: ClientParts;
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #nonces: { value: string; at: number }[] = [];
  #known: { value: Promise<Directory>; at: number } | null = null;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#http = parts.http;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.ca = new URL(parts.directoryUrl).host;
  }

  /** Kept for an hour; `fresh` asks in any case. */
  directory(fresh = false): Promise<Directory> {
    if (this.#known === null || fresh || this.#clock.monotonic() - this.#known.at > directoryLifeMs) {
      const value = this.#fetchDirectory();
      this.#known = { value, at: this.#clock.monotonic() };
      value.catch(() => {
        if (this.#known?.value === value) this.#known = null;
      });
    }
    return this.#known.value;
  }

  async get(url: string, { asked, signal, accept }: AskOptions): Promise<AcmeAnswer> {
    const headers = accept === undefined ? {} : { accept };
    return this.#answerOf(await twice(() => this.#send({ method: 'GET', url, headers, signal })), url, asked);
  }

  /** Signed request; `payload` null is POST-as-GET and may be sent twice when the connection is lost. */
  async post(
    url: string,
    payload: unknown,
    signer: Signer,
    { asked, signal, accept }: AskOptions,
  ): Promise<AcmeAnswer> {
    const once = async (): Promise<HttpResponse> => {
      const nonce = await this.#takeNonce(signal);
      return this.#send({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/jose+json', ...(accept === undefined ? {} : { accept }) },
        body: signedBody(signer, url, nonce, payload),
        signal,
      });
    };
    for (let attempt = 1; ; attempt++) {
      const answer = await (payload === null ? twice(once) : once());
      if (answer.status < 400) return this.#answerOf(answer, url, asked);
      const failure = this.#refusal(answer, asked);
      if (failure.code !== 'acme.bad-nonce' || attempt === nonceTries) throw failure;
      this.#log.debug('the CA refused a nonce, asking again', { url, attempt });
    }
  }

  async #send(request: HttpRequest): Promise<HttpResponse> {
    mustBeHttps(request.url, this.ca);
    const answer = await this.#http.request({ ...request, trustedRootsPem: this.#parts.trustedRootsPem });
    const nonce = answer.headers['replay-nonce'];
    if (nonce !== undefined && this.#nonces.length < noncesKept)
      this.#nonces.push({ value: nonce, at: this.#clock.monotonic() });
    return answer;
  }

  async #takeNonce(signal: AbortSignal | undefined): Promise<string> {
    const oldest = this.#clock.monotonic() - nonceLifeMs;
    for (let nonce = this.#nonces.pop(); nonce !== undefined; nonce = this.#nonces.pop())
      if (nonce.at >= oldest) return nonce.value;
    const { newNonce } = await this.directory();
    mustBeHttps(newNonce, this.ca);
    const answer = await twice(() =>
      this.#http.request({
        method: 'HEAD',
        url: newNonce,
        signal,
        trustedRootsPem: this.#parts.trustedRootsPem,
      }),
    );
    const nonce = answer.headers['replay-nonce'];
    if (nonce !== undefined && answer.status < 400) return nonce;
    throw this.#refusal(answer, 'a new nonce');
  }

  #refusal(answer: HttpResponse, asked: string): Failure {
    const retryAfter = retryAfterMs(answer.headers['retry-after'], this.#clock.now());
    const context = {
      ca: this.ca,
      asked,
      status: answer.status,
      retryAt: retryAfter === null ? null : this.#clock.now() + retryAfter,
      now: this.#clock.now(),
    };
    const isProblem = answer.headers['content-type']?.startsWith('application/problem+json') ?? false;
    const read = problem.safeParse(parseJson(answer.body));
    if (read.success && (isProblem || shortType(read.data) !== null))
      return problemFailure(read.data, context);
    const busy = answer.status >= 500 || answer.status === 429;
    const retry = busy ? (context.retryAt === null ? 'later' : 'after') : 'needs-person';
    return new Failure(
      httpCodes[answer.status] ?? 'acme.http-failed',
      `The CA ${this.ca} answered ${asked} with HTTP status ${answer.status}.`,
      {
        hint: 'Check that the directory URL is exactly the one the CA publishes.',
        retry,
        retryAt: retry === 'after' ? (context.retryAt ?? undefined) : undefined,
        peerSaid: peerTail(answer.body.toString('utf8')) || undefined,
      },
    );
  }

  #answerOf(answer: HttpResponse, url: string, asked: string): AcmeAnswer {
    if (answer.status >= 300) throw this.#refusal(answer, asked);
    const { location } = answer.headers;
    return {
      status: answer.status,
      body: answer.body,
      location: location === undefined ? null : absolute(location, url),
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], this.#clock.now()),
      links: (relation) => linksOf(answer.headers.link, relation, url),
    };
  }

  /** Shared by all who wait for it, so nobody's abort may end it. */
  async #fetchDirectory(): Promise<Directory> {
    const answer = await this.get(this.#parts.directoryUrl, { asked: 'its directory' });
    return readAs(directory, answer.body, 'directory', this.ca);
  }
}

/** A kept connection may turn out to be dead: what changes nothing is simply asked again. */
async function twice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (asFailure(thrown).code !== 'net.lost') throw thrown;
    return ask();
  }
}

/** RFC 8555 6.1: all of it over HTTPS, whatever addresses a CA hands out. */
function mustBeHttps(url: string, ca: string): void {
  if (url.startsWith('https://')) return;
  throw new Failure(
    'acme.not-https',
    `The CA ${ca} named an address that is not https: ${url.slice(0, 200)}.`,
    {
      hint: 'Nothing was sent there. Check that this is the right CA.',
    },
  );
}

/** Null for what is no address: whoever needs one says so. */
function absolute(reference: string, base: string): string | null {
  return URL.canParse(reference, base) ? new URL(reference, base).href : null;
}

/** Nobody is to be waited for longer than this, whatever it asks for. */
const longestRetryAfterMs = 24 * 60 * 60_000;

/**
 * Seconds or an HTTP date (RFC 9110 10.2.3), a day at most; null when there is none or it makes no sense.
 * @internal
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestRetryAfterMs);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), longestRetryAfterMs);
}

/** Addresses of one relation out of a Link header (RFC 8288). @internal */
export function linksOf(header: string | undefined, relation: string, base: string): string[] {
  const found: string[] = [];
  for (const match of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[^,;="]+(?:=(?:"[^"]*"|[^,;]*))?)*)/g)) {
    const relations = /;\s*rel=(?:"([^"]*)"|([^,;\s]*))/i.exec(match[2] ?? '');
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/);
    const link = absolute(match[1] ?? '', base);
    if (link !== null && names.includes(relation)) found.push(link);
  }
  return found;
}
