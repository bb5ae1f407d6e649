import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import type { VaultAnswer, VaultClient } from './client.ts';
import { type Login, shownTime } from './login.ts';
import { standingOf } from './standing.ts';
import { authAnswer, readAs } from './wire.ts';

/**
 * Keeps a token alive, at two thirds of what is left of it with some jitter, for as long as the store is open and whether
 * or not somebody reads: a token of a person cannot be had again by itself, and each new AppRole login may spend one of
 * few uses of the SecretID. It goes on for as long as renewals move the end. Left alone: tokens that cannot be renewed,
 * and those with counted uses.
 */
export interface Renewal {
  /** From now on this one; what was kept alive before is not any more. */
  start(login: Login): void;
  stop(): void;
}

interface RenewalParts {
  client: VaultClient;
  clock: Clock;
  log: Log;
  /** 0 to 1. */
  random: () => number;
  /** The server does not know this token any more. */
  gone(login: Login): void;
  /** Its end is near, and nothing moves it. */
  ending(login: Login): void;
}

const shortestWaitMs = 1000;
/** After a failed try: a third of what is left, but not sooner than this. */
const shortestRetryMs = 5000;
/** A policy that forbids renewing may be corrected while there is time. */
const forbiddenRetryMs = 60_000;
/** Servers round to seconds. */
const slackMs = 2000;
const movedMs = 1000;
/** A lower period gives less once and moves the end from then on; at the longest life it stays where it is. */
const mostUnmoved = 2;
const dayMs = 24 * 3600_000;

export function makeRenewal(parts: RenewalParts): Renewal {
  return new Renewing(parts);
}

class Renewing implements Renewal {
  readonly #parts: RenewalParts;
  #timer: Timer | null = null;
  #current: Login | null = null;
  #unmoved = 0;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  start(login: Login): void {
    this.stop();
    this.#current = login;
    if (login.renewable && !login.usesLimited) this.#plan(login, 2 / 3, shortestWaitMs);
    else this.#tellOfEnd(login);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#current = null;
    this.#unmoved = 0;
  }

  #plan(login: Login, share: number, atLeastMs: number): void {
    const { clock, random } = this.#parts;
    if (login.endsAt === null) return;
    const left = login.endsAt - clock.now();
    if (left <= 0) return;
    const wait = Math.max(left * share * (0.9 + 0.1 * random()), atLeastMs);
    this.#timer = clock.after(wait, () => void this.#renew(login));
  }

  async #renew(login: Login): Promise<void> {
    const { client, log } = this.#parts;
    try {
      const increment = `${Math.round(login.leaseMs / 1000)}s`;
      const path = ['auth', 'token', 'renew-self'];
      const answer = await client.ask({ method: 'POST', path, token: login.token, body: { increment } });
      if (this.#current !== login) return;
      if (answer.status >= 400) await this.#refused(login, answer);
      else this.#renewed(login, answer);
    } catch (thrown) {
      if (this.#current !== login) return;
      log.warn('the token could not be renewed yet', { who: client.who, code: asFailure(thrown).code });
      this.#plan(login, 1 / 3, shortestRetryMs);
    }
  }

  async #refused(login: Login, answer: VaultAnswer): Promise<void> {
    const { client, log } = this.#parts;
    const { status, said } = answer;
    log.warn('the token is not renewed', { who: client.who, status, said });
    remark(login, refusedRemark);
    const standing = status === 403 ? await standingOf(client, login, answer) : 'alive';
    if (this.#current !== login) return;
    if (standing === 'dead') return this.#parts.gone(login);
    if (status === 403) this.#plan(login, 1 / 3, forbiddenRetryMs);
    this.#parts.ending(login);
  }

  #renewed(login: Login, answer: VaultAnswer): void {
    const { client, clock } = this.#parts;
    const { auth, warnings } = readAs(authAnswer, answer, client.who);
    const before = login.endsAt ?? 0;
    const lease = auth.lease_duration * 1000;
    login.endsAt = clock.now() + lease;
    this.#unmoved = login.endsAt - before > movedMs ? 0 : this.#unmoved + 1;
    const whole = lease >= login.leaseMs - slackMs;
    if (whole) login.remarks = login.remarks.filter((sentence) => sentence !== refusedRemark);
    if (!whole && (this.#unmoved >= mostUnmoved || saysLongestLife(warnings ?? []))) this.#atItsEnd(login);
    else this.#plan(login, 2 / 3, shortestWaitMs);
  }

  /** No renewal goes past its longest life. */
  #atItsEnd(login: Login): void {
    const ends = login.endsAt === null ? '' : ` It ends at ${shownTime(login.endsAt)}.`;
    remark(login, `The token has nearly reached its maximum lifetime and cannot be renewed further.${ends}`);
    const { log, client } = this.#parts;
    log.warn('the token cannot be renewed further', { who: client.who, endsAt: login.endsAt });
    this.#tellOfEnd(login);
  }

  /** A day before, or when a quarter of its life is left: in time for somebody to act. */
  #tellOfEnd(login: Login): void {
    const { clock, ending } = this.#parts;
    if (login.endsAt === null) return;
    const ahead = Math.min(dayMs, login.leaseMs / 4);
    this.#timer = clock.after(login.endsAt - ahead - clock.now(), () => {
      if (this.#current !== login) return;
      if (login.endsAt !== null && login.endsAt - clock.now() > ahead) this.#tellOfEnd(login);
      else ending(login);
    });
  }
}

const refusedRemark = 'The server does not renew the token.';

/** Its own words that it gave less because of the longest life, not for another reason. */
function saysLongestLife(warnings: readonly string[]): boolean {
  return warnings.some((words) => /\bmax_ttl\b/i.test(words));
}

function remark(login: Login, sentence: string): void {
  if (!login.remarks.includes(sentence)) login.remarks.push(sentence);
}
