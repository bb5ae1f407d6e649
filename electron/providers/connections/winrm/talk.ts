import type { Failure } from '#shared/failure.ts';
import { HeldLine } from '../../../net/held-line.ts';
import type { HttpResponse } from '../../../net/http-request.ts';
import { NtlmLogIn, type SealedTalk } from '../../../net/ntlm/log-in.ts';
import { NtlmRefused } from '../../../net/ntlm/refused.ts';
import { basicAnswer } from '../../../net/proxy/answers.ts';
import { Dropped } from '../../../net/proxy/read-answer.ts';
import type { Access, AskOptions } from './access.ts';
import { badAnswer, broken, notConnected, refusedByStatus } from './failures.ts';
import { isSealed, readSealed, sealedType, soapType, writeSealed } from './framing.ts';
import { bindingTo, challengeIn, offersOf } from './http-login.ts';
import { basicInClear, loginRefused, noCommonLogin } from './log-in-failures.ts';
import { accountOf } from './place.ts';

/** From the first packet to being logged in, step by step. */
const stepMs = 20_000;
const userAgent = 'Trustkeep';
/** Of a page in clear: its words are only shown. */
const longestPage = 64 * 1024;

/** One connection to a service, logged in to and kept: opened when it is needed, and again when it has ended. */
export class WinrmTalk {
  readonly #access: Access;
  #line: HeldLine | null = null;
  #sealed: SealedTalk | null = null;
  /** Over TLS the third message of NTLM goes with the first message; null: it has gone, or there is none. */
  #proof: string | null = null;
  /** The next message, sealed already: what is sealed is sent in its order, or not at all. */
  #ahead: { message: Buffer; body: Buffer } | null = null;
  /** One message after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(access: Access) {
    this.#access = access;
  }

  /**
   * Sends a message and gives the answer, opened when it was sealed. Resolves for a message of WS-Management, whatever its status;
   * rejects with a Failure, or with the reason of the signal. Safe concurrently: one after the other.
   */
  ask(message: Buffer, options: AskOptions): Promise<Buffer> {
    const turn = this.#last.then(() => this.#inTurn(message, options));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Idempotent. A later message opens another connection. */
  end(): void {
    this.#line?.end();
    this.#line = null;
    this.#sealed?.ours.wipe();
    this.#sealed?.theirs.wipe();
    this.#sealed = null;
    this.#proof = null;
    this.#ahead = null;
  }

  async #inTurn(message: Buffer, options: AskOptions): Promise<Buffer> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#ahead !== null && this.#ahead.message !== message) this.end();
    try {
      for (let again = false; ; again = true) {
        const kept = this.#line?.usable === true;
        if (!kept) await this.#open(signal);
        const answer = await this.#send(message, options, kept && !again);
        if (answer !== null) return answer;
      }
    } catch (thrown) {
      this.end();
      if (signal?.aborted) throw signal.reason;
      throw broken(thrown, this.#access.place, this.#access.description);
    } finally {
      message.fill(0);
    }
  }

  /** Null: nothing was done, and a new connection is worth a try. */
  async #send(message: Buffer, options: AskOptions, mayRepeat: boolean): Promise<Buffer | null> {
    const { place } = this.#access;
    const sealed = this.#sealed;
    const firstProof = this.#proof !== null;
    const sent = Promise.withResolvers<void>();
    options.onSending?.();
    let answer: HttpResponse;
    try {
      const posted = this.#post({
        type: sealed === null ? soapType : sealedType,
        body: this.#wrapped(message),
        authorization: this.#authorization(),
        ...options,
        maxBytes: options.maxBytes + longestPage,
        onSent: sent.resolve,
      });
      if (options.meanwhile !== undefined)
        await this.#lookAhead(options.meanwhile, Promise.race([sent.promise, posted]));
      answer = await posted;
    } catch (thrown) {
      const unheard = thrown instanceof Dropped && thrown.silent && options.repeat && mayRepeat;
      if (!unheard || options.signal?.aborted === true) throw thrown;
      this.end();
      return null;
    }
    const { status, headers, body } = answer;
    const type = headers['content-type'];
    if (status === 401) {
      if (mayRepeat && place.scheme === 'ntlm' && !firstProof) {
        this.end(); // the service has forgotten this connection
        return null;
      }
      throw this.#refused(headers);
    }
    if (sealed !== null && isSealed(type)) return readSealed(body, sealed.theirs);
    if (sealed !== null && (status === 200 || /soap\+xml/i.test(type ?? '')))
      throw new NtlmRefused('a message in clear, though everything is to be sealed');
    if (sealed === null && /soap\+xml/i.test(type ?? '')) return body;
    throw this.#refusedBy(answer);
  }

  #wrapped(message: Buffer): Buffer {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null) return ahead.body;
    return this.#sealed === null ? Buffer.from(message) : writeSealed(message, this.#sealed.ours);
  }

  /** The service works at what it was sent while the next one is made. */
  async #lookAhead(meanwhile: () => Buffer | null, sent: Promise<unknown>): Promise<void> {
    await sent;
    const message = meanwhile();
    if (message !== null) this.#ahead = { message, body: this.#wrapped(message) };
  }

  #authorization(): string | null {
    const { place, password } = this.#access;
    if (place.scheme === 'basic') return basicAnswer(place.user, password.bytes());
    const proof = this.#proof;
    this.#proof = null;
    return proof;
  }

  #open(signal: AbortSignal | undefined): Promise<void> {
    const opened = this.#access.opening.then(() => this.#openNow(signal));
    this.#access.opening = opened.catch(() => {});
    return opened;
  }

  async #openNow(signal: AbortSignal | undefined): Promise<void> {
    const { place, refused, clock } = this.#access;
    if (refused !== null) throw refused;
    if (place.scheme === 'basic' && place.trust === null) throw basicInClear(place);
    signal?.throwIfAborted();
    this.end();
    const { host, port, trust } = place;
    try {
      this.#line = await HeldLine.open({
        peer: { host, port },
        trust,
        userAgent,
        clock,
        timeoutMs: stepMs,
        signal,
      });
    } catch (thrown) {
      if (signal?.aborted) throw signal.reason;
      throw notConnected(thrown, place);
    }
    if (place.scheme === 'ntlm') await this.#logIn(signal);
  }

  async #logIn(signal: AbortSignal | undefined): Promise<void> {
    const { place, password, clock, log } = this.#access;
    const seals = place.trust === null;
    const login = new NtlmLogIn({
      ...accountOf(place.user),
      ...{ now: clock.now(), seals, targetName: `HTTP/${place.host}` },
      binding: bindingTo(this.#line?.certificate ?? null),
    });
    const step = { type: soapType, timeoutMs: stepMs, maxBytes: longestPage, signal };
    const hello = await this.#post({ ...step, body: empty(), authorization: negotiate(login.hello) });
    if (hello.status !== 401) throw this.#refusedBy(hello);
    const challenge = challengeIn(hello.headers);
    if (challenge === null) throw noCommonLogin(place, offersOf(hello.headers));
    if (this.#line?.usable !== true)
      throw badAnswer(place, 'closes the connection in the middle of the login');
    const { proof, sealed } = login.answer(challenge, password.bytes());
    if (sealed === null) {
      this.#proof = negotiate(proof);
      return;
    }
    const done = await this.#post({ ...step, body: empty(), authorization: negotiate(proof) });
    if (done.status === 401) throw this.#refused(done.headers);
    if (done.status !== 200) throw this.#refusedBy(done);
    this.#sealed = sealed;
    log.debug('logged in to WinRM', { host: place.host });
  }

  #post(request: {
    type: string;
    body: Buffer;
    authorization: string | null;
    timeoutMs: number;
    maxBytes: number;
    signal?: AbortSignal | undefined;
    onSent?: (() => void) | undefined;
  }): Promise<HttpResponse> {
    if (this.#line === null) throw new Error('there is no connection');
    const { type, authorization, ...rest } = request;
    const own = authorization === null ? [] : [['Authorization', authorization] as const];
    return this.#line.post({ ...rest, path: '/wsman', headers: [['Content-Type', type], ...own] });
  }

  #refusedBy({ status, body }: HttpResponse): Failure {
    const { place, password } = this.#access;
    const pair = place.scheme === 'basic' ? basicAnswer(place.user, password.bytes()).slice(6) : null;
    return refusedByStatus(status, body, place, pair === null ? [] : [pair, password.text()]);
  }

  /** What a 401 after the password was shown means. */
  #refused(headers: Record<string, string>): Failure {
    const { place, source } = this.#access;
    const offers = offersOf(headers);
    const wanted = place.scheme === 'basic' ? 'basic' : 'negotiate';
    const offered = offers.some((one) => one.toLowerCase() === wanted);
    const failure =
      place.scheme === 'basic' && !offered ? noCommonLogin(place, offers) : loginRefused(place, source);
    this.#access.refused = failure;
    return failure;
  }
}

const empty = () => Buffer.alloc(0);
const negotiate = (message: Buffer): string => `Negotiate ${message.toString('base64')}`;
