import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { never } from '#kit/never.ts';
import { type Peer, place as placeText } from '../failures.ts';
import { bypassRule, isLoopback } from './bypass.ts';
import type { ProxyConfig } from './config.ts';
import type { Pac } from './pac.ts';
import type { Way } from './pac-answer.ts';
import { shownUrl } from './pac-failures.ts';
import type { FetchDirectly } from './pac-file.ts';

export type { Way } from './pac-answer.ts';

/** A proxy that could not be reached is asked last for so long. */
const badForMs = 5 * 60_000;
const mostBad = 256;

export const direct: Way = { kind: 'direct' };

interface Route {
  /** At least one, in the order in which they are tried. */
  ways: Way[];
  /** Why, for a network administrator. Null: there is no proxy setting, so there was nothing to decide. */
  because: string | null;
}

/** `direct`, or `proxy host:port` with `https` before it when the way to the proxy itself is TLS, or `socks5`. */
export function wayName(way: Way): string {
  if (way.kind === 'direct') return 'direct';
  const { tls, socks5 } = way.place;
  return `${socks5 ? 'socks5 ' : tls ? 'https ' : ''}proxy ${placeText(way.place)}`;
}

/** Says which way to an address, by one proxy setting. */
export class Router {
  readonly #config: ProxyConfig | null;
  readonly #tools: { fetch: FetchDirectly; clock: Clock; log: Log };
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #badUntil = new Map<string, number>();
  #pac: Promise<Pac> | null = null;

  constructor(config: ProxyConfig | null, tools: { fetch: FetchDirectly; clock: Clock; log: Log }) {
    this.#config = config;
    this.#tools = tools;
    this.#clock = tools.clock;
    this.#log = tools.log;
  }

  /** It could not be reached. */
  bad(way: Way): void {
    if (way.kind === 'direct') return;
    if (this.#config?.settings.route.mode === 'pac')
      this.#log.warn(`the ${wayName(way)} is asked last for 5 minutes`);
    if (this.#badUntil.size >= mostBad) this.#badUntil.clear();
    this.#badUntil.set(wayName(way), this.#clock.monotonic() + badForMs);
  }

  good(way: Way): void {
    return void this.#badUntil.delete(wayName(way));
  }

  /** No way worked: true when there are other ones now. */
  async doubt(): Promise<boolean> {
    return this.#pac === null ? false : (await this.#pac).doubt();
  }

  close(): void {
    return void this.#pac?.then((made) => made.close());
  }

  /** Rejects with Failure `proxy.pac-*`. */
  async route(url: URL, peer: Peer): Promise<Route> {
    if (this.#config === null || this.#config.settings.route.mode === 'none')
      return { ways: [direct], because: null };
    const at = placeText(peer);
    if (isLoopback(peer.host))
      return { ways: [direct], because: `${at} is on this machine; the connection is always direct.` };
    const rule = bypassRule(this.#config.settings.bypass, peer);
    if (rule !== null)
      return {
        ways: [direct],
        because: `The connection to ${at} is direct: it matches "${rule}" in the bypass list.`,
      };
    const setting = this.#config.settings.route;
    switch (setting.mode) {
      case 'manual': {
        const place = {
          host: setting.host.replace(/^\[|\]$/g, ''),
          port: setting.port,
          tls: setting.tls === true,
          socks5: setting.socks5,
        };
        return {
          ways: [{ kind: 'proxy', place }],
          because: `The setting uses the ${wayName({ kind: 'proxy', place })} for ${at}.`,
        };
      }
      case 'pac':
        return this.#askPac(setting.pacUrl, url, at);
      default:
        return never(setting);
    }
  }

  /** What runs PAC files is loaded when there is one. */
  #thePac(url: string): Promise<Pac> {
    this.#pac ??= import('./pac.ts').then(({ Pac: Loaded }) => new Loaded({ url, ...this.#tools }));
    return this.#pac;
  }

  async #askPac(pacUrl: string, url: URL, at: string): Promise<Route> {
    const answer = await (await this.#thePac(pacUrl)).ask(url);
    const isBad = (way: Way) => (this.#badUntil.get(wayName(way)) ?? 0) > this.#clock.monotonic();
    const ways = [...answer.ways.filter((way) => !isBad(way)), ...answer.ways.filter(isBad)];
    const notes = [
      answer.text === ''
        ? `The PAC file ${shownUrl(pacUrl)} gives no answer for ${at}, which means a direct connection.`
        : `The PAC file ${shownUrl(pacUrl)} answers "${answer.text.slice(0, 300)}" for ${at}.`,
      ...answer.skipped.map((part) => `"${part}" is skipped: Trustkeep does not support it.`),
      ...ways.filter(isBad).map((way) => `The ${wayName(way)} did not answer recently and is tried last.`),
    ];
    return { ways, because: notes.join(' ') };
  }
}
