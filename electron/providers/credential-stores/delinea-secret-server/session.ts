import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import { Failure } from '#shared/failure.ts';
import { abortable } from '../../../net/ending.ts';
import type { Http } from '../../../net/http.ts';
import { type StoreState, storeSecrets } from '../credential-store.ts';
import { makeBrake } from './brake.ts';
import { type Granted, logIn, Refused, userName } from './login.ts';

/** A token near its end is not used: it could end on the way. */
const restMs = 60_000;

/** The login, in memory only. One login for all who wait for it. */
export interface DelineaSession {
  /** One that is good for a while yet; logs in when there is none. */
  get(signal?: AbortSignal): Promise<Granted>;
  /** The server does not take it any more. */
  drop(granted: Granted): void;
  /** The next one is a new login. */
  forget(): void;
  close(): void;
}

interface DelineaSessionParts {
  settings: DelineaSettings;
  base: string;
  who: string;
  state: StoreState;
  http: Http;
  clock: Clock;
  log: Log;
}

export function makeDelineaSession(parts: DelineaSessionParts): DelineaSession {
  const { settings, base, who, state, clock, log } = parts;
  const brake = makeBrake([base, settings.domain ?? '', userName(settings)], who, state, clock);
  let current: (Granted & { useUntil: number }) | null = null;
  let under: Promise<Granted> | null = null;

  /** Not ended by one caller's signal: others may wait for it. */
  async function begin(): Promise<Granted> {
    const password = state.secret(storeSecrets.password);
    if (password === null) throw passwordMissing(who, settings);
    try {
      brake.check(password);
      const granted = await logIn(parts, password);
      brake.accepted();
      const lifeMs = granted.endsAt - clock.now();
      current = { ...granted, useUntil: granted.endsAt - Math.min(restMs, lifeMs / 2) };
      log.info('logged in', { store: who, minutes: Math.round(lifeMs / 60_000), platform: granted.platform });
      return current;
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      brake.refused(password);
      throw thrown.failure;
    } finally {
      password.wipe();
    }
  }

  function drop(granted: Granted): void {
    if (current?.token === granted.token) current = null;
  }

  return {
    get(signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason);
      if (current !== null && clock.now() < current.useUntil) return Promise.resolve(current);
      under ??= begin().finally(() => {
        under = null;
      });
      return signal === undefined ? under : abortable(under, signal);
    },
    drop,
    forget() {
      current = null; // not wiped: a read may be on its way with it
    },
    close() {
      current?.token.wipe();
      current = null;
    },
  };
}

function passwordMissing(who: string, settings: DelineaSettings): Failure {
  return new Failure(
    'credential-store.no-password',
    `The password of ${userName(settings)} for ${who} is not kept here.`,
    { hint: 'Set the password of the store again.' },
  );
}
