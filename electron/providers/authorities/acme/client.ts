import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Http } from '../../../net/http.ts';
import type { HttpRequest, HttpResponse } from '../../../net/http-request.ts';
import { absolute, linksOf, retryAfterMs } from './headers.ts';
import { type Signer, signedBody } from './jws.ts';
import { refusal } from './refusal.ts';
import { type Directory, directory, readAs } from './wire.ts';

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
  #redirectedTo: string | null = null;

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

  /** Where the directory was found when its URL redirects; null: at its own URL, or not asked for yet. */
  get redirectedTo(): string | null {
    return this.#redirectedTo;
  }

  /** The directory is asked for again at its next use. */
  forgetDirectory(): void {
    this.#known = null;
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
    return refusal(answer, { ca: this.ca, asked, now: this.#clock.now() });
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

  /** Shared by all who wait for it, so nobody's abort may end it. Follows one redirect, which `redirectedTo` tells. */
  async #fetchDirectory(): Promise<Directory> {
    const url = this.#parts.directoryUrl;
    const first = await twice(() => this.#send({ method: 'GET', url }));
    const location = redirects.has(first.status) ? first.headers.location : undefined;
    const moved = location === undefined ? null : absolute(location, url);
    const found = moved === null ? first : await twice(() => this.#send({ method: 'GET', url: moved }));
    const answer = this.#answerOf(found, moved ?? url, 'its directory');
    this.#redirectedTo = moved;
    return readAs(directory, answer.body, 'directory', this.ca);
  }
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

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
