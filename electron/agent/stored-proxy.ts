import { z } from 'zod';
import type { Clock, Timer } from '#kit/clock.ts';
import { newId } from '#kit/ids.ts';
import type { Log } from '#kit/log.ts';
import { never } from '#kit/never.ts';
import { Failure } from '#shared/failure.ts';
import { type ProxyRoute, type ProxySettings, type ProxyState, proxySettings } from '#shared/model/proxy.ts';
import type { Database } from '../database/database.ts';
import type { Secret } from '../secrets/secret.ts';

const note = 'proxy';
/** Owner of the sealed passwords; each setting names its own, so that going back needs no key. */
const owner = 'proxy';

const kept = z.object({ settings: proxySettings, passwordName: z.string().nullable() });
const row = kept.extend({
  /** Applied on trial: what comes back, and when. */
  trial: z.object({ revertsAt: z.number().int(), before: kept }).nullable(),
});
type Kept = z.infer<typeof kept>;
type Row = z.infer<typeof row>;

const direct: Row = {
  settings: { route: { mode: 'none' }, bypass: [] },
  passwordName: null,
  trial: null,
};

/** The outbound connection at one moment. Another object means that something changed. */
export interface ProxyInForce {
  settings: ProxySettings;
  /** Opened at the moment of use; null: none. Throws `keychain.*` while locked. The caller wipes. */
  password(): Secret | null;
}

export interface StoredProxyParts {
  database: Database;
  clock: Clock;
  log: Log;
  /** The setting in force is another one. */
  changed(): void;
  /** Nobody confirmed a setting on trial: the one before is back. */
  reverted(sentence: string): void;
}

/**
 * How the agent gets out, stored with its sealed password. A setting on trial goes back by itself, also after a
 * restart. All methods are synchronous; what they change is in force for the next request.
 */
export class StoredProxy {
  readonly #parts: StoredProxyParts;
  #row: Row;
  #inForce: ProxyInForce;
  #timer: Timer | null = null;

  constructor(parts: StoredProxyParts) {
    this.#parts = parts;
    this.#row = this.#read();
    this.#inForce = this.#makeInForce(this.#row);
  }

  /** From here on a setting on trial goes back when its time is up; at once when it is up already. */
  start(): void {
    this.#watch();
  }

  inForce(): ProxyInForce {
    return this.#inForce;
  }

  state(): ProxyState {
    const { settings, passwordName, trial } = this.#row;
    return { ...settings, hasPassword: passwordName !== null, revertsAt: trial?.revertsAt ?? null };
  }

  /** In one transaction, the caller's when there is one; in force with `settle` only. */
  apply(settings: ProxySettings, password: Secret | null, confirmSeconds: number | undefined): ProxyState {
    const { database, clock } = this.#parts;
    const passwordName = password === null ? null : newId('key');
    const before: Kept = this.#row.trial?.before ?? this.#row;
    const trial =
      confirmSeconds === undefined
        ? null
        : {
            revertsAt: clock.now() + confirmSeconds * 1000,
            before: { settings: before.settings, passwordName: before.passwordName },
          };
    const next: Row = { settings, passwordName, trial };
    database.transaction(() => {
      if (password !== null && passwordName !== null) database.secrets.put(owner, passwordName, password);
      this.#write(next);
    });
    return { ...settings, hasPassword: passwordName !== null, revertsAt: trial?.revertsAt ?? null };
  }

  /** The sealed password when it belongs to the same user at the same place. The caller wipes. */
  passwordKept(wanted: ProxyRoute): Secret | null {
    const { route } = this.#row.settings;
    const same = wanted.mode !== 'none' && placeOf(route) === placeOf(wanted);
    return same ? this.#inForce.password() : null;
  }

  /** What was stored last takes effect; after the transaction that stored it. */
  settle(): void {
    this.#row = this.#read();
    this.#inForce = this.#makeInForce(this.#row);
    this.#watch();
    this.#parts.changed();
  }

  /** Throws `proxy.nothing-to-confirm`. Followed by `settle`. */
  confirm(): ProxyState {
    if (this.#row.trial === null)
      throw new Failure('proxy.nothing-to-confirm', 'No proxy setting is on trial.', {
        hint: 'The setting shown by "trustkeep proxy get" is in use; the trial may already be over.',
      });
    const next: Row = { ...this.#row, trial: null };
    this.#parts.database.transaction(() => this.#write(next));
    return { ...this.state(), revertsAt: null };
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #revert(): void {
    const { trial } = this.#row;
    if (trial === null) return;
    const { database, clock, log } = this.#parts;
    const sentence = `No one confirmed the proxy setting (${wayOf(this.#row.settings)}), so the previous one is back: ${wayOf(trial.before.settings)}.`;
    database.transaction(() => {
      this.#write({ ...trial.before, trial: null });
      database.audit.append({
        at: clock.now(),
        origin: 'agent',
        actor: null,
        action: 'proxy.reverted',
        subject: null,
        outcome: 'ok',
        sentence,
      });
    });
    log.warn('the proxy setting on trial was not confirmed; the previous one is back');
    this.settle();
    this.#parts.reverted(sentence);
  }

  #watch(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const { trial } = this.#row;
    if (trial === null) return;
    const left = trial.revertsAt - this.#parts.clock.now();
    if (left <= 0) this.#revert();
    else this.#timer = this.#parts.clock.after(left, () => this.#revert());
  }

  /** Passwords that no setting names any more go with the same write. */
  #write(next: Row): void {
    const { database } = this.#parts;
    database.meta.set(note, JSON.stringify(next));
    const named = [next.passwordName, next.trial?.before.passwordName];
    for (const name of database.secrets.list(owner))
      if (!named.includes(name)) database.secrets.remove(owner, name);
  }

  #read(): Row {
    const text = this.#parts.database.meta.get(note);
    if (text === null) return direct;
    const parsed = row.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    this.#parts.log.error('the stored proxy setting is damaged; nothing goes through a proxy');
    return direct;
  }

  #makeInForce({ settings, passwordName }: Row): ProxyInForce {
    const { database } = this.#parts;
    return {
      settings,
      password: () => (passwordName === null ? null : database.secrets.open(owner, passwordName)),
    };
  }
}

/** For audit rows and logs: never the password. */
export function wayOf({ route }: ProxySettings): string {
  switch (route.mode) {
    case 'none':
      return 'directly';
    case 'pac':
      return `using ${pacPlace(route.pacUrl)}`;
    case 'manual':
      return `through ${route.host}:${route.port}${route.tls === true ? ' (with TLS)' : ''}${route.socks5 === true ? ' (SOCKS 5)' : ''}`;
    default:
      return never(route);
  }
}

/** A query may hold a key to the file. */
function pacPlace(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Without TLS others could read it on the way. A domain makes that nothing weaker than NTLM is answered: without it, the password is given anew. */
function placeOf(route: ProxyRoute): string | null {
  if (route.mode === 'none') return null;
  const place = route.mode === 'pac' ? route.pacUrl : `${route.host.toLowerCase()}:${route.port}`;
  const plain = route.mode === 'pac' || route.tls !== true;
  const socks5 = route.mode === 'manual' && route.socks5 === true;
  return JSON.stringify([place, plain, socks5, route.user, route.domain]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
