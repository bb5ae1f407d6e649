import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { VaultAnswer, VaultClient } from './client.ts';
import { type Forbidden, isForbidden } from './kv.ts';
import { type Login, type LoginMethod, saysNoToken, shownTime, tokenEnded } from './login.ts';
import { makeRenewal } from './renewal.ts';

/**
 * One login, shared by all who read. Two readers cause one login; after a refused login the next waits (servers lock
 * accounts that are refused five times), unless what it logs in with has changed or a person asks.
 */
interface Session {
  /** Runs `use` with a token; when that is refused as a token, once more with a new one. Safe concurrently. */
  use<T extends object>(
    use: (login: Login) => Promise<T | Forbidden>,
    signal?: AbortSignal,
  ): Promise<T | Forbidden>;
  /** Proves that the token works, or logs in; the sentence of what was found. Waits only after several refusals in a row. */
  check(signal?: AbortSignal): Promise<string>;
  /** From now on, what would be lost by waiting for the first reader is looked after in the background. */
  watch(): void;
  close(): Promise<void>;
}

interface SessionParts {
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
const farewellMs = 3000;
const lastReadsMs = 5000;
const watchEachMs = 10 * 60_000;
/** All stores begin at once when the agent does: not all ask in the same second. */
const watchFirstMs = { least: 2000, spread: 20_000 };

export function makeSession(parts: SessionParts): Session {
  const { client, method, clock, log } = parts;
  let login: Login | null = null;
  let pending: Promise<Login> | null = null;
  let refused: { failure: Failure; until: number; times: number } | null = null;
  let closed = false;
  let watching: Timer | null = null;
  const running = new Set<Promise<unknown>>();
  const renewal = makeRenewal({
    ...parts,
    gone(gone) {
      if (login === gone) login = null;
    },
  });

  function logIn(): Promise<Login> {
    pending ??= fresh().finally(() => {
      pending = null;
    });
    return pending;
  }

  async function fresh(): Promise<Login> {
    try {
      const made = await method.logIn();
      refused = null;
      if (closed) {
        await giveBack(made);
        throw closedFailure(client.who);
      }
      if (login !== null && login.token.text() !== made.token.text()) void giveBack(login);
      login = made;
      renewal.start(made);
      return made;
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'credential-store.login-refused') {
        const times = (refused?.times ?? 0) + 1;
        const wait = waitsAfterRefusalMs[Math.min(times, waitsAfterRefusalMs.length) - 1] ?? 0;
        refused = { failure, until: clock.now() + wait, times };
      }
      throw failure;
    }
  }

  async function current(): Promise<Login> {
    if (closed) throw closedFailure(client.who);
    if (pending !== null) return pending;
    const changed = await method.changed();
    if (login !== null && !hasEnded(login)) return changed ? orTheOld(login) : login;
    if (refused !== null && !changed && clock.now() < refused.until) throw refused.failure;
    return logIn();
  }

  /** Something new was given, but what was got from the old still works. */
  async function orTheOld(old: Login): Promise<Login> {
    try {
      return await logIn();
    } catch (thrown) {
      log.warn('the new login does not work; the previous login is used', {
        who: client.who,
        code: asFailure(thrown).code,
      });
      return old;
    }
  }

  function hasEnded({ endsAt, leaseMs }: Login): boolean {
    return endsAt !== null && clock.now() >= endsAt - Math.min(marginMs, leaseMs / 20);
  }

  async function standing(of: Login, answer: VaultAnswer): Promise<'alive' | 'dead' | 'unknown'> {
    if (saysNoToken(answer)) return 'dead';
    if (of.usesLimited) return 'unknown'; // looking would spend a use
    const path = ['auth', 'token', 'lookup-self'];
    const looked = await client.ask({ method: 'GET', path, token: of.token });
    if (looked.status === 200) return seen(of);
    return saysNoToken(looked) || of.standing !== 'unseen' ? 'dead' : 'unknown';
  }

  /** That it may look itself up makes a later refusal to mean that it is gone. */
  function seen(of: Login): 'alive' {
    of.standing = 'known';
    return 'alive';
  }

  /** The login to try once more with; null: there is none, or it was not the token's fault. */
  async function another(first: Login, found: 'alive' | 'dead' | 'unknown'): Promise<Login | null> {
    if (login !== null && login !== first) return login;
    if (!method.repeatable) {
      if (found === 'dead') throw forget(first, tokenEnded(client.who, null));
      return null;
    }
    const age = clock.now() - first.at;
    if (found === 'alive' && age < freshAliveMs) return null;
    if (found === 'unknown' && age < freshUnknownMs) return null;
    try {
      if (refused !== null && clock.now() < refused.until) throw refused.failure;
      return await logIn();
    } catch (thrown) {
      if (found === 'dead') throw forget(first, thrown);
      return null;
    }
  }

  function forget(gone: Login, why: unknown): unknown {
    if (login === gone) {
      login = null;
      renewal.stop();
    }
    return why;
  }

  /** What was begun may end before its token goes. */
  function underWay<T>(work: Promise<T>): Promise<T> {
    running.add(work);
    const done = () => running.delete(work);
    work.then(done, done);
    return work;
  }

  async function lastReads(): Promise<void> {
    const enough = new AbortController();
    const waited = clock.sleep(lastReadsMs, enough.signal).catch(() => {});
    await Promise.race([Promise.allSettled([...running, pending]), waited]);
    enough.abort();
  }

  async function use<T extends object>(
    run: (login: Login) => Promise<T | Forbidden>,
  ): Promise<T | Forbidden> {
    const first = await current();
    const result = await run(first);
    if (!isForbidden(result)) return result;
    const found = login === first ? await standing(first, result.forbidden) : 'dead';
    const second = await another(first, found);
    return second === null ? { ...result, tokenInDoubt: found === 'unknown' } : run(second);
  }

  function watchAfter(ms: number): void {
    if (!closed) watching = clock.after(ms, () => void lookAfter().finally(() => watchAfter(watchEachMs)));
  }

  async function lookAfter(): Promise<void> {
    try {
      if (await method.perishable()) await current();
    } catch (thrown) {
      log.warn('a login could not be kept alive', { who: client.who, code: asFailure(thrown).code });
    }
  }

  async function check(): Promise<string> {
    if (closed) throw closedFailure(client.who);
    const known = login;
    const changed = await method.changed();
    if (known !== null && !hasEnded(known) && !changed && (await stillGood(known))) return sentenceOf(known);
    if (refused !== null && refused.times >= triesOfAPerson && !changed && clock.now() < refused.until)
      throw notYet(refused);
    return sentenceOf(await logIn());
  }

  async function stillGood(known: Login): Promise<boolean> {
    if (known.usesLimited) return true;
    const path = ['auth', 'token', 'lookup-self'];
    const answer = await client.ask({ method: 'GET', path, token: known.token });
    if (answer.status === 200) return seen(known) === 'alive';
    return !method.repeatable && known.standing === 'unseen' && !saysNoToken(answer);
  }

  function sentenceOf({ how, endsAt, renewable, usesLimited, remarks, standing: state }: Login): string {
    if (state === 'lost') throw tokenEnded(client.who, null);
    const plain = client.url.startsWith('http:') ? ['The connection is not encrypted: use https.'] : [];
    const renewed = renewable && !usesLimited ? ' and will be renewed before then' : '';
    const life = endsAt === null ? '.' : `; the token is valid until ${shownTime(endsAt)}${renewed}.`;
    return [`Logged in ${how}${life}`, ...remarks, ...plain].join(' ');
  }

  /** Tokens that we made are revoked; when that does not work they end by themselves. */
  async function giveBack(old: Login): Promise<void> {
    if (!old.ours || old.usesLimited) return;
    const path = ['auth', 'token', 'revoke-self'];
    await client
      .ask({ method: 'POST', path, token: old.token, timeoutMs: farewellMs })
      .catch((thrown: unknown) => log.debug('a token was not revoked', { code: asFailure(thrown).code }));
  }

  return {
    use: (run, signal) => unlessAborted(() => underWay(use(run)), signal),
    check: (signal) => unlessAborted(() => underWay(check()), signal),
    watch() {
      if (watching === null) watchAfter(watchFirstMs.least + watchFirstMs.spread * parts.random());
    },
    async close() {
      if (closed) return;
      closed = true;
      watching?.cancel();
      renewal.stop();
      await lastReads();
      const last = login;
      login = null;
      if (last === null) return;
      await giveBack(last);
      last.token.wipe();
    },
  };
}

/** Logins are shared, so nobody's abort may end one: who aborts only stops waiting. */
function unlessAborted<T>(run: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return run();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    run()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

function notYet({ failure, until }: { failure: Failure; until: number }): Failure {
  const { code, message, hint, peerSaid } = failure;
  const sentence = `${message} It is not tried again before ${shownTime(until)}, so that it does not get locked.`;
  return new Failure(code, sentence, { hint, peerSaid, retry: 'after', retryAt: until });
}

function closedFailure(who: string): Failure {
  return new Failure('credential-store.closed', `The store at ${who} was closed while it was being read.`, {
    hint: 'Its settings were changed or Trustkeep is stopping. Try again.',
    retry: 'later',
  });
}
