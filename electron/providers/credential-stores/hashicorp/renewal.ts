import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import type { VaultClient } from './client.ts';
import { type Login, saysNoToken, shownTime } from './login.ts';
import { authAnswer, readAs } from './wire.ts';

/**
 * Keeps a token alive, at two thirds of what is left of it with some jitter, for as long as the store is open and whether
 * or not somebody reads: a token of a person cannot be had again by itself, and each new AppRole login may spend one of
 * few uses of the SecretID. Left alone: tokens that cannot be renewed, and those with counted uses.
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
}

const shortestWaitMs = 1000;
/** After a failed try: a third of what is left, but not sooner than this. */
const shortestRetryMs = 5000;
/** Servers round to seconds. */
const slackMs = 2000;

export function makeRenewal(parts: RenewalParts): Renewal {
  const { client, clock, log } = parts;
  let timer: Timer | null = null;
  let current: Login | null = null;

  function plan(login: Login, share: number, atLeastMs: number): void {
    if (login.endsAt === null) return;
    const left = login.endsAt - clock.now();
    if (left <= 0) return;
    const wait = Math.max(left * share * (0.9 + 0.1 * parts.random()), atLeastMs);
    timer = clock.after(wait, () => void renew(login));
  }

  async function renew(login: Login): Promise<void> {
    try {
      const increment = `${Math.round(login.leaseMs / 1000)}s`;
      const path = ['auth', 'token', 'renew-self'];
      const answer = await client.ask({ method: 'POST', path, token: login.token, body: { increment } });
      if (current !== login) return;
      if (answer.status >= 400) {
        log.warn('the token is not renewed', { who: client.who, status: answer.status, said: answer.said });
        remark(login, 'The server does not renew the token.');
        if (saysNoToken(answer)) parts.gone(login);
        return;
      }
      const { lease_duration: lease } = readAs(authAnswer, answer, client.who).auth;
      login.endsAt = clock.now() + lease * 1000;
      if (lease * 1000 >= login.leaseMs - slackMs) plan(login, 2 / 3, shortestWaitMs);
      else atItsEnd(login);
    } catch (thrown) {
      if (current !== login) return;
      log.warn('the token could not be renewed yet', { who: client.who, code: asFailure(thrown).code });
      plan(login, 1 / 3, shortestRetryMs);
    }
  }

  /** It got less than it asked for: its longest life is near, and no renewal goes past that. */
  function atItsEnd(login: Login): void {
    const ends = login.endsAt === null ? '' : ` It ends at ${shownTime(login.endsAt)}.`;
    remark(login, `The token has nearly reached its maximum lifetime and cannot be renewed further.${ends}`);
    log.warn('the token cannot be renewed further', { who: client.who, endsAt: login.endsAt });
  }

  return {
    start(login) {
      timer?.cancel();
      timer = null;
      current = login;
      if (login.renewable && !login.usesLimited) plan(login, 2 / 3, shortestWaitMs);
    },
    stop() {
      timer?.cancel();
      timer = null;
      current = null;
    },
  };
}

function remark(login: Login, sentence: string): void {
  if (!login.remarks.includes(sentence)) login.remarks.push(sentence);
}
