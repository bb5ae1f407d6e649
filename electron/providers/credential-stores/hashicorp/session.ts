import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import type { VaultClient } from './client.ts';
import { type Forbidden, isForbidden } from './kv.ts';
import { type Login, type LoginMethod, notProved, saysMissingRight, tokenEnded } from './login.ts';
import { Refusals } from './refusals.ts';
import { makeRenewal, type Renewal } from './renewal.ts';
import { closedFailure, endsFailure } from './session-failures.ts';
import {
  giveBack,
  hasEnded,
  type Prove,
  proveDoubted,
  sentenceOf,
  standingOf,
  stillGood,
} from './standing.ts';
import { UnderWay } from './under-way.ts';
import { unlessAborted } from './unless-aborted.ts';

interface VaultSessionParts {
  client: VaultClient;
  method: LoginMethod;
  clock: Clock;
  log: Log;
  random: () => number;
  /** Nobody asked, and a person has to act: the login is lost, or will be and cannot be kept. */
  lost(why: Failure): void;
}

/** Its policies may have been changed since: they are fixed at login. */
const freshAliveMs = 10 * 60_000;
/** When a token cannot be told from a refused one. */
const freshUnknownMs = 60_000;
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
  #closed = false;
  #watching: Timer | null = null;
  readonly #underWay = new UnderWay();
  readonly #renewal: Renewal;
  readonly #refusals: Refusals;

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
        if (!this.#method.repeatable) parts.lost(tokenEnded(this.#client.who, null));
      },
      ending: (login) => {
        if (!this.#method.repeatable) parts.lost(endsFailure(this.#client.who, login));
      },
    });
    this.#refusals = new Refusals(parts.clock);
  }

  /** Runs `use` with a token; when that is refused as a token, once more with a new one. Safe concurrently. */
  use<T extends object>(
    run: (login: Login) => Promise<T | Forbidden>,
    signal?: AbortSignal,
  ): Promise<T | Forbidden> {
    return unlessAborted(() => this.#underWay.add(this.#use(run)), signal);
  }

  /**
   * Proves that the token works, or logs in; the sentence of what was found. Waits only after several refusals in a row.
   * `prove` reads with a token that the server does not vouch for; null: there is nothing to read.
   */
  check(prove: Prove | null, signal?: AbortSignal): Promise<string> {
    return unlessAborted(() => this.#underWay.add(this.#check(prove)), signal);
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
    await this.#underWay.end(this.#clock, this.#pending);
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
      this.#refusals.forget();
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
      this.#refusals.note(thrown);
      throw thrown;
    }
  }

  async #current(): Promise<Login> {
    if (this.#closed) throw closedFailure(this.#client.who);
    if (this.#pending !== null) return this.#pending;
    const changed = await this.#method.changed();
    if (this.#login !== null && !hasEnded(this.#login, this.#clock.now()))
      return changed ? this.#orTheOld(this.#login) : this.#login;
    if (!changed) this.#refusals.mustHavePassed();
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
      this.#refusals.mustHavePassed();
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

  async #use<T extends object>(run: (login: Login) => Promise<T | Forbidden>): Promise<T | Forbidden> {
    const first = await this.#current();
    const result = await run(first);
    if (!isForbidden(result)) {
      if (first.standing === 'doubted') first.standing = 'unseen';
      return result;
    }
    const found = this.#login === first ? await standingOf(this.#client, first, result.forbidden) : 'dead';
    if (found === 'unknown' && first.standing === 'doubted' && !saysMissingRight(result.forbidden))
      throw notProved(this.#client.who, result.forbidden);
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
      const failure = asFailure(thrown);
      this.#log.warn('a login could not be kept alive', { who: this.#client.who, code: failure.code });
      if (failure.retry === 'needs-person') this.#parts.lost(failure);
    }
  }

  async #check(prove: Prove | null): Promise<string> {
    if (this.#closed) throw closedFailure(this.#client.who);
    const login = await this.#checked();
    await proveDoubted(this.#client.who, login, prove);
    return sentenceOf(this.#client, login);
  }

  async #checked(): Promise<Login> {
    const known = this.#login;
    const changed = await this.#method.changed();
    if (
      known !== null &&
      !hasEnded(known, this.#clock.now()) &&
      !changed &&
      (await stillGood(this.#client, this.#method.repeatable, known))
    )
      return known;
    if (!changed) this.#refusals.mustBeFew();
    return this.#logIn();
  }
}
