import { Failure } from '#shared/failure.ts';
import { dialInTime } from './dial.ts';
import { onTheLine, speaksOtherwise } from './failures.ts';
import { Line } from './line.ts';
import type { ProxyPlace } from './place.ts';
import { type AnswerHead, Dropped, TooLong } from './read-answer.ts';
import type { ProxyTools } from './tools.ts';
import { whatItIs } from './what-it-is.ts';

/** More of a page that nobody reads is not waited for: a new connection is cheaper. */
const longestPage = 256 * 1024;
/** So much of a page with the proxy's own words is read. */
const longestWords = 16 * 1024;

/** Requests to one proxy one after the other, on one connection as long as it lasts. */
export class Talk {
  readonly #proxy: ProxyPlace;
  readonly #tools: ProxyTools;
  readonly #signal: AbortSignal;
  #line: Line | null;

  constructor(proxy: ProxyPlace, tools: ProxyTools, signal: AbortSignal, kept: Line | null = null) {
    this.#proxy = proxy;
    this.#tools = tools;
    this.#signal = signal;
    this.#line = kept;
    kept?.obey(signal);
  }

  /** The open connection; null: the next request opens one. */
  get line(): Line | null {
    return this.#line;
  }

  /**
   * Sends what `write` makes and reads the head of the answer. `repeat`: when a connection that was used before turns
   * out to be closed, the same is sent on a new one.
   */
  async ask(write: () => Buffer, repeat: boolean): Promise<AnswerHead> {
    for (;;) {
      const line = this.#line ?? (await this.#open());
      const before = line.used;
      try {
        return await line.ask(write());
      } catch (thrown) {
        this.end();
        if (this.#signal.aborted) throw this.#signal.reason;
        if (!(repeat && before && thrown instanceof Dropped && thrown.silent))
          throw await this.#explained(thrown, before);
      }
    }
  }

  /** Reads over the body of an answer, so that the connection can be used again; ends it when it cannot. */
  async pass(head: AnswerHead, method: string): Promise<void> {
    const line = this.#line;
    if (line === null) return;
    try {
      if (!line.staysOpen(head, method)) this.end();
      else await line.body(head, method, longestPage);
    } catch (thrown) {
      this.end();
      if (this.#signal.aborted) throw this.#signal.reason;
      if (!(thrown instanceof TooLong || thrown instanceof Dropped))
        throw onTheLine(thrown, this.#proxy, 'in the middle of its answer');
    }
  }

  /** The beginning of what the proxy says; it is only words, so nothing that goes wrong with it matters. */
  async page(head: AnswerHead, method: string): Promise<Buffer> {
    try {
      return (await this.#line?.body(head, method, longestWords)) ?? Buffer.alloc(0);
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** Hands the connection over: `end` does not touch it any more. */
  giveUp(): void {
    this.#line = null;
  }

  end(): void {
    this.#line?.end();
    this.#line = null;
  }

  /** At its first word something else than a plain HTTP proxy may be found to be that. */
  async #explained(thrown: unknown, before: boolean): Promise<unknown> {
    const failure = onTheLine(thrown, this.#proxy, 'instead of answering');
    if (before || this.#proxy.tls || !(failure instanceof Failure)) return failure;
    const speech = await whatItIs(this.#proxy, this.#tools.clock, this.#signal);
    return speech === null ? failure : speaksOtherwise(failure, speech);
  }

  async #open(): Promise<Line> {
    this.#line = new Line(await dialInTime(this.#proxy, this.#tools, this.#signal));
    this.#line.obey(this.#signal);
    return this.#line;
  }
}
