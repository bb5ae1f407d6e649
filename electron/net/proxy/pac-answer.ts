import type { ProxyPlace } from './place.ts';

/** One way to a destination. */
export type Way = { kind: 'direct' } | { kind: 'proxy'; place: ProxyPlace };

export interface PacAnswer {
  ways: Way[];
  /** Parts that name something we do not speak, or nothing at all, as they were written. */
  skipped: string[];
}

const usualPorts = { PROXY: 80, HTTP: 80, HTTPS: 443, SOCKS5: 1080 } as const;
const longestShown = 200;
/** Nobody tries more than a few; a script can write millions. */
const most = { characters: 8192, ways: 20 };

/** Reads what a PAC answered: `PROXY a:3128; DIRECT`. Empty means direct, as browsers have it. The rest of too many is passed over. */
export function readPacAnswer(text: string): PacAnswer {
  const whole = text.length <= most.characters;
  const parts = (whole ? text : text.slice(0, text.lastIndexOf(';', most.characters) + 1))
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .slice(0, most.ways);
  if (parts.length === 0 && !whole) return { ways: [], skipped: [text.slice(0, longestShown)] };
  if (parts.length === 0) return { ways: [{ kind: 'direct' }], skipped: [] };
  const read = parts.map((part) => ({ part, way: readPart(part) }));
  return {
    ways: read.flatMap(({ way }) => (way === null ? [] : [way])),
    skipped: read.flatMap(({ part, way }) => (way === null ? [part.slice(0, longestShown)] : [])),
  };
}

function readPart(part: string): Way | null {
  if (/^DIRECT$/i.test(part)) return { kind: 'direct' };
  const found =
    /^(PROXY|HTTPS?|SOCKS5)\s+(?:\[([0-9a-f:.]+)\]|([^\s:[\]@/\p{Cc}\p{Cf}]+))(?::(\d{1,5}))?$/iu.exec(part);
  const scheme = found?.[1]?.toUpperCase() as keyof typeof usualPorts | undefined;
  const host = found?.[2] ?? found?.[3];
  if (scheme === undefined || host === undefined) return null;
  const port = found?.[4] === undefined ? usualPorts[scheme] : Number(found[4]);
  if (port < 1 || port > 65535) return null;
  const socks5 = scheme === 'SOCKS5' ? ({ socks5: true } as const) : {};
  return { kind: 'proxy', place: { host: host.toLowerCase(), port, tls: scheme === 'HTTPS', ...socks5 } };
}
