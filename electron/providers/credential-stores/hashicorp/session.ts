import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import type { VaultClient } from './client.ts';
import { type Forbidden, isForbidden } from './kv.ts';
import { type Login, type LoginMethod, tokenEnded } from './login.ts';
import { makeRenewal, type Renewal } from './renewal.ts';
import { closedFailure, notYet } from './session-failures.ts';
import { giveBack, sentenceOf, standingOf, stillGood } from './standing.ts';
import { unlessAborted } from './unless-aborted.ts';

interface VaultSessionParts {
  client: VaultClient;
  method: LoginMethod;
  clock: Clock;
  log: Log;
  random: () => number;
}

/** Five refusals within a quarter of an hour lock an AppRole, as servers are set up: stay below. */
const waitsAfterRefusalMs = [60_000, 10 * 60_000] as const;
/** So many in a row, and a person waits as well: the next one might lock it. */
const triesOfAPerson = 4;
/** Its policies may have been changed since: they are fixed at login. */
const freshAliveMs = 10 * 60_000;
/** When a token cannot be told from a refused one. */
const freshUnknownMs = 60_000;
const marginMs = 10_000;
const lastReadsMs = 5000;
const watchEachMs = 10 * 60_000;
/** All stores begin at once when the agent does: not all ask in the same second. */
const watchFirstMs = { least: 2000, spread: 20_000 };

/**
 * One login, shared by all who read. Two readers cause one login; after a refused login the next waits (servers lock
 * accounts that are refused five times), unless what it logs in with has changed or a person asks.
 */
export class VaultSession {
  readonly #parts: VaultSessionParts;
  readonly #client: VaultClient;
  readonly #method: LoginMethod;
  readonly #clock: Clock;
  readonly #log: Log;
  #login: Login | null = null;
  #pending: Promise<Login> | null = null;
  #refused: { failure: Failure; until: number; times: number } | null = null;
  #closed = false;
  #watching: Timer | null = null;
  readonly #running = new Set<Promise<unknown>>();
  readonly #renewal: Renewal;

  constructor(parts: VaultSessionParts) {
    this.#parts = parts;
    this.#client = parts.client;
    this.#method = parts.method;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#renewal = makeRenewal({
      ...parts,
      gone: (gone) => {
        if (this.#login === gone) this.#login = null;
      },
    });
  }

  /** Runs `use` with a token; when that is refused as a token, once more with a new one. Safe concurrently. */
  use<T extends object>(
    run: (login: Login) => Promise<T | Forbidden>,
    signal?: AbortSignal,
  ): Promise<T | Forbidden> {
    return unlessAborted(() => this.#underWay(this.#use(run)), signal);
  }

  /** Proves that the token works, or logs in; the sentence of what was found. Waits only after several refusals in a row. */
  check(signal?: AbortSignal): Promise<string> {
    return unlessAborted(() => this.#underWay(this.#check()), signal);
  }

  /** From now on, what would be lost by waiting for the first reader is looked after in the background. */
  watch(): void {
    if (this.#watching === null)
      this.#watchAfter(watchFirstMs.least + watchFirstMs.spread * this.#parts.random());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#watching?.cancel();
    this.#renewal.stop();
    await this.#lastReads();
    const last = this.#login;
    this.#login = null;
    if (last === null) return;
    await giveBack(this.#client, this.#log, last);
    last.token.wipe();
  }

  #logIn(): Promise<Login> {
    this.#pending ??= this.#fresh().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #fresh(): Promise<Login> {
    try {
      const made = await this.#method.logIn();
      this.#refused = null;
      if (this.#closed) {
        await giveBack(this.#client, this.#log, made);
        throw closedFailure(this.#client.who);
      }
      if (this.#login !== null && this.#login.token.text() !== made.token.text())
        void giveBack(this.#client, this.#log, this.#login);
      this.#login = made;
      this.#renewal.start(made);
      return made;
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'credential-store.login-refused') {
        const times = (this.#refused?.times ?? 0) + 1;
        const wait = waitsAfterRefusalMs[Math.min(times, waitsAfterRefusalMs.length) - 1] ?? 0;
        this.#refused = { failure, until: this.#clock.now() + wait, times };
      }
      throw failure;
    }
  }

  async #current(): Promise<Login> {
    if (this.#closed) throw closedFailure(this.#client.who);
    if (this.#pending !== null) return this.#pending;
    const changed = await this.#method.changed();
    if (this.#login !== null && !this.#hasEnded(this.#login))
      return changed ? this.#orTheOld(this.#login) : this.#login;
    if (this.#refused !== null && !changed && this.#clock.now() < this.#refused.until)
      throw this.#refused.failure;
    return this.#logIn();
  }

  /** Something new was given, but what was got from the old still works. */
  async #orTheOld(old: Login): Promise<Login> {
    try {
      return await this.#logIn();
    } catch (thrown) {
      this.#log.warn('the new login does not work; the previous login is used', {
        who: this.#client.who,
        code: asFailure(thrown).code,
      });
      return old;
    }
  }

  #hasEnded({ endsAt, leaseMs }: Login): boolean {
    return endsAt !== null && this.#clock.now() >= endsAt - Math.min(marginMs, leaseMs / 20);
  }

  /** The login to try once more with; null: there is none, or it was not the token's fault. */
  async #another(first: Login, found: 'alive' | 'dead' | 'unknown'): Promise<Login | null> {
    if (this.#login !== null && this.#login !== first) return this.#login;
    if (!this.#method.repeatable) {
      if (found === 'dead') throw this.#forget(first, tokenEnded(this.#client.who, null));
      return null;
    }
    const age = this.#clock.now() - first.at;
    if (found === 'alive' && age < freshAliveMs) return null;
    if (found === 'unknown' && age < freshUnknownMs) return null;
    try {
      if (this.#refused !== null && this.#clock.now() < this.#refused.until) throw this.#refused.failure;
      return await this.#logIn();
    } catch (thrown) {
      if (found === 'dead') throw this.#forget(first, thrown);
      return null;
    }
  }

  #forget(gone: Login, why: unknown): unknown {
    if (this.#login === gone) {
      this.#login = null;
      this.#renewal.stop();
    }
    return why;
  }

  /** What was begun may end before its token goes. */
  #underWay<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const done = () => this.#running.delete(work);
    work.then(done, done);
    return work;
  }

  async #lastReads(): Promise<void> {
    const enough = new AbortController();
    const waited = this.#clock.sleep(lastReadsMs, enough.signal).catch(() => {});
    await Promise.race([Promise.allSettled([...this.#running, this.#pending]), waited]);
    enough.abort();
  }

  async #use<T extends object>(run: (login: Login) => Promise<T | Forbidden>): Promise<T | Forbidden> {
    const first = await this.#current();
    const result = await run(first);
    if (!isForbidden(result)) return result;
    const found = this.#login === first ? await standingOf(this.#client, first, result.forbidden) : 'dead';
    const second = await this.#another(first, found);
    return second === null ? { ...result, tokenInDoubt: found === 'unknown' } : run(second);
  }

  #watchAfter(ms: number): void {
    if (!this.#closed)
      this.#watching = this.#clock.after(
        ms,
        () => void this.#lookAfter().finally(() => this.#watchAfter(watchEachMs)),
      );
  }

  async #lookAfter(): Promise<void> {
    try {
      if (await this.#method.perishable()) await this.#current();
    } catch (thrown) {
      this.#log.warn('a login could not be kept alive', {
        who: this.#client.who,
        code: asFailure(thrown).code,
      });
    }
  }

  async #check(): Promise<string> {
    if (this.#closed) throw closedFailure(this.#client.who);
    const known = this.#login;
    const changed = await this.#method.changed();
    if (
      known !== null &&
      !this.#hasEnded(known) &&
      !changed &&
      (await stillGood(this.#client, this.#method.repeatable, known))
    )
      return sentenceOf(this.#client, known);
    if (
      this.#refused !== null &&
      this.#refused.times >= triesOfAPerson &&
      !changed &&
      this.#clock.now() < this.#refused.until
    )
      throw notYet(this.#refused);
    return sentenceOf(this.#client, await this.#logIn());
  }
}
