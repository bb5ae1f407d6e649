import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { StoreState } from '../credential-store.ts';

/** Sealed, because what it is about is a digest of the password. */
const kept = 'login-refusals';
const minute = 60_000;
/**
 * Refused logins lock an account, in directories often at the third to fifth. After the second one we stop, longer each
 * time; most lockouts count within 15 to 30 minutes.
 */
const freeTries = 2;
const pauses = [15 * minute, 30 * minute, 60 * minute];

const refusals = z.object({ about: z.string(), count: z.number().int(), until: z.number() });

/**
 * Keeps refused logins from locking the account, also over a restart. Other settings or another password count from
 * zero: a person has changed something.
 */
interface Brake {
  /** Throws `credential-store.login-refused`, `after`, while there must be no login. */
  check(password: Secret): void;
  refused(password: Secret): void;
  accepted(): void;
}

export function makeBrake(account: readonly string[], who: string, state: StoreState, clock: Clock): Brake {
  function load(password: Secret): z.infer<typeof refusals> | null {
    const sealed = state.secret(kept);
    if (sealed === null) return null;
    try {
      const found = refusals.safeParse(JSON.parse(sealed.text()));
      return found.success && found.data.about === digest(account, password) ? found.data : null;
    } catch {
      return null; // not ours: counted from zero
    } finally {
      sealed.wipe();
    }
  }
  return {
    check(password) {
      const found = load(password);
      const now = clock.now();
      // a clock that was set back must not shut the store for days
      if (found === null || now >= found.until || found.until - now > Math.max(...pauses)) return;
      throw braked(who, account.at(-1) ?? '', found);
    },
    refused(password) {
      const count = (load(password)?.count ?? 0) + 1;
      const pause = count < freeTries ? 0 : (pauses[Math.min(count - freeTries, pauses.length - 1)] ?? 0);
      const record = { about: digest(account, password), count, until: clock.now() + pause };
      state.keepSecret(kept, Secret.of(JSON.stringify(record)));
    },
    accepted() {
      const sealed = state.secret(kept);
      sealed?.wipe();
      if (sealed !== null) state.forgetSecret(kept);
    },
  };
}

function digest(account: readonly string[], password: Secret): string {
  return createHash('sha256').update(JSON.stringify(account)).update(password.bytes()).digest('base64');
}

function braked(who: string, user: string, { count, until }: { count: number; until: number }): Failure {
  const at = `${new Date(until).toISOString().slice(11, 16)} UTC`;
  return new Failure(
    'credential-store.login-refused',
    `${who} refused the login of ${user} ${count} times. Trustkeep will wait until ${at} before it tries again, so that the account does not get locked.`,
    {
      hint: 'Correct user name or password of the store. A changed one is tried immediately.',
      retry: 'after',
      retryAt: until,
    },
  );
}
