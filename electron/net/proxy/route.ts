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

/** Says which way to an address, by one proxy setting. */
export interface Router {
  /** Rejects with Failure `proxy.pac-*`. */
  route(url: URL, peer: Peer): Promise<Route>;
  /** It could not be reached. */
  bad(way: Way): void;
  good(way: Way): void;
  /** No way worked: true when there are other ones now. */
  doubt(): Promise<boolean>;
  close(): void;
}

/** `direct`, or `proxy host:port` with `https` before it when the way to the proxy itself is TLS. */
export function wayName(way: Way): string {
  return way.kind === 'direct' ? 'direct' : `${way.place.tls ? 'https ' : ''}proxy ${placeText(way.place)}`;
}

export function makeRouter(
  config: ProxyConfig | null,
  tools: { fetch: FetchDirectly; clock: Clock; log: Log },
): Router {
  const { clock, log } = tools;
  const badUntil = new Map<string, number>();
  let pac: Promise<Pac> | null = null;
  const thePac = (url: string) => {
    pac ??= import('./pac.ts').then(({ makePac }) => makePac({ url, ...tools }));
    return pac;
  };

  async function route(url: URL, peer: Peer): Promise<Route> {
    if (config === null || config.settings.route.mode === 'none') return { ways: [direct], because: null };
    const at = placeText(peer);
    if (isLoopback(peer.host))
      return { ways: [direct], because: `${at} is on this machine; the connection is always direct.` };
    const rule = bypassRule(config.settings.bypass, peer);
    if (rule !== null)
      return {
        ways: [direct],
        because: `The connection to ${at} is direct: it matches “${rule}” in the bypass list.`,
      };
    const setting = config.settings.route;
    switch (setting.mode) {
      case 'manual': {
        const place = { host: setting.host.replace(/^\[|\]$/g, ''), port: setting.port, tls: false };
        return {
          ways: [{ kind: 'proxy', place }],
          because: `The setting uses the proxy ${placeText(place)} for ${at}.`,
        };
      }
      case 'pac':
        return askPac(setting.pacUrl, url, at);
      default:
        return never(setting);
    }
  }

  async function askPac(pacUrl: string, url: URL, at: string): Promise<Route> {
    const answer = await (await thePac(pacUrl)).ask(url);
    const isBad = (way: Way) => (badUntil.get(wayName(way)) ?? 0) > clock.monotonic();
    const ways = [...answer.ways.filter((way) => !isBad(way)), ...answer.ways.filter(isBad)];
    const notes = [
      `The PAC file ${shownUrl(pacUrl)} answers “${answer.text.slice(0, 300)}” for ${at}.`,
      ...answer.skipped.map((part) => `“${part}” is skipped: Trustkeep does not support it.`),
      ...ways.filter(isBad).map((way) => `The ${wayName(way)} did not answer recently and is tried last.`),
    ];
    return { ways, because: notes.join(' ') };
  }

  return {
    route,
    bad(way) {
      if (way.kind === 'direct') return;
      if (config?.settings.route.mode === 'pac') log.warn(`the ${wayName(way)} is asked last for 5 minutes`);
      if (badUntil.size >= mostBad) badUntil.clear();
      badUntil.set(wayName(way), clock.monotonic() + badForMs);
    },
    good: (way) => void badUntil.delete(wayName(way)),
    doubt: async () => (pac === null ? false : (await pac).doubt()),
    close: () => void pac?.then((made) => made.close()),
  };
}
