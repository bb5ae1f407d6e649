import type { ProxyReport, ProxyRoute, ProxySettings, ProxyState, ProxyTrip } from '#shared/model/proxy.ts';
import type { Secret } from '../secrets/secret.ts';
import {
  examineProxyAlone,
  examineWays,
  type NeededAddress,
  neededAddresses,
  saysNothingOfProxy,
  type WayFinder,
  worse,
} from './proxy-doctor.ts';
import { type ProxyInForce, StoredProxy, type StoredProxyParts } from './stored-proxy.ts';

export interface OutboundProxyParts extends StoredProxyParts {
  /** A client of its own over this setting. */
  finder(setting: ProxyInForce): WayFinder;
}

/** A setting that is not stored yet, with its password. */
interface Candidate {
  settings: ProxySettings;
  password: Secret | null;
}

/** The outbound connection: what is in force, what could be, and the proxy doctor. */
export class OutboundProxy {
  readonly #parts: OutboundProxyParts;
  readonly #stored: StoredProxy;

  constructor(parts: OutboundProxyParts) {
    this.#parts = parts;
    this.#stored = new StoredProxy(parts);
  }

  /** For the HTTP client: another object after every change. */
  inForce(): ProxyInForce {
    return this.#stored.inForce();
  }

  state(): ProxyState {
    return this.#stored.state();
  }

  test(url?: string): Promise<ProxyReport> {
    const addresses = this.#addresses(url);
    const setting = this.inForce();
    if (addresses.length > 0 || setting.settings.route.mode === 'none')
      return this.#examine(setting, addresses);
    return this.#with(setting, (finder) => examineProxyAlone(finder, this.#parts.clock));
  }

  /** What the candidate would lose against the present setting; null: nothing. */
  async tryOut(candidate: Candidate): Promise<ProxyTrip | null> {
    const { password } = candidate;
    const setting: ProxyInForce = {
      settings: candidate.settings,
      password: () => password?.copy() ?? null,
    };
    const addresses = this.#addresses();
    const found = await this.#examine(setting, addresses);
    if (saysNothingOfProxy(found)) {
      const alone = await this.#with(setting, (finder) => examineProxyAlone(finder, this.#parts.clock));
      const refused = alone.trips.find(({ ok }) => !ok);
      if (refused !== undefined) return refused;
    }
    if (found.ok) return null;
    const lost = new Set(found.trips.flatMap(({ ok, url }) => (ok ? [] : [url])));
    const present = addresses.filter(({ url }) => lost.has(url));
    return worse(found, await this.#examine(this.inForce(), present));
  }

  passwordKept(route: ProxyRoute): Secret | null {
    return this.#stored.passwordKept(route);
  }

  apply({ settings, password }: Candidate, confirmSeconds?: number): ProxyState {
    return this.#stored.apply(settings, password, confirmSeconds);
  }

  confirm(): ProxyState {
    return this.#stored.confirm();
  }

  settle(): void {
    this.#stored.settle();
  }

  start(): void {
    this.#stored.start();
  }

  stop(): void {
    this.#stored.stop();
  }

  #addresses(url?: string): NeededAddress[] {
    const needed = neededAddresses(this.#parts.database);
    if (url === undefined) return needed;
    const known = needed.find((one) => new URL(one.url).origin === new URL(url).origin);
    return [{ url, neededBy: 'you', trustedRootsPem: known?.trustedRootsPem ?? null }];
  }

  #examine(setting: ProxyInForce, addresses: readonly NeededAddress[]): Promise<ProxyReport> {
    return this.#with(setting, (finder) => examineWays(finder, addresses, this.#parts.clock));
  }

  async #with<T>(setting: ProxyInForce, work: (finder: WayFinder) => Promise<T>): Promise<T> {
    const finder = this.#parts.finder(setting);
    try {
      return await work(finder);
    } finally {
      await finder.close();
    }
  }
}
