import { createContext, Script } from 'node:vm';
import { systemClock } from '#kit/clock.ts';
import type { Server } from './servers.ts';

/** What answers at one address, arranged once: configurations of shared hosts have thousands of blocks. */
interface Place {
  /** In nginx's order: the default one first. */
  blocks: Server[];
  exact: Map<string, Server>;
  /** `*.name` and `.name`, longest first: what a name has to end in. */
  heads: { suffix: string; server: Server }[];
  /** `name.*`, longest first: what a name has to begin with. */
  tails: { prefix: string; server: Server }[];
  regexes: { pattern: string; server: Server }[];
}

const places = new WeakMap<readonly Server[], Map<string, Place>>();

/** Blocks that answer at `address`, in nginx's order: the default one first. */
export function blocksAt(
  servers: readonly Server[],
  context: Server['context'],
  address: string,
): readonly Server[] {
  return placeAt(servers, context, address).blocks;
}

/**
 * The block that nginx picks for a server name at an address: exact names first, then the longest `*.name`, then the
 * longest `name.*`, then regular expressions in order, then the default one. Null name: no SNI was sent.
 */
export function blockFor(
  servers: readonly Server[],
  context: Server['context'],
  address: string,
  name: string | null,
): Server | null {
  const named = name === null ? null : namedBlockFor(servers, context, address, name);
  return named ?? placeAt(servers, context, address).blocks[0] ?? null;
}

/** As `blockFor`, without the default one: null when no block has such a name there. */
export function namedBlockFor(
  servers: readonly Server[],
  context: Server['context'],
  address: string,
  name: string,
): Server | null {
  const place = placeAt(servers, context, address);
  return (
    place.exact.get(name) ??
    place.heads.find(({ suffix }) => name.endsWith(suffix) && name.length > suffix.length)?.server ??
    place.tails.find(({ prefix }) => name.startsWith(prefix))?.server ??
    place.regexes.find(({ pattern }) => matchesRegex(pattern, name))?.server ??
    null
  );
}

function placeAt(servers: readonly Server[], context: Server['context'], address: string): Place {
  const known = places.get(servers) ?? arrange(servers);
  places.set(servers, known);
  return known.get(`${context} ${address}`) ?? nowhere;
}

const nowhere: Place = { blocks: [], exact: new Map(), heads: [], tails: [], regexes: [] };

function arrange(servers: readonly Server[]): Map<string, Place> {
  const all = new Map<string, Server[]>();
  for (const server of servers) {
    const addresses = new Set(server.listens.filter(({ quic }) => !quic).map(({ address }) => address));
    for (const address of addresses) {
      const key = `${server.context} ${address}`;
      const here = all.get(key);
      if (here === undefined) all.set(key, [server]);
      else here.push(server);
    }
  }
  return new Map([...all].map(([key, here]) => [key, placeOf(here, key.slice(key.indexOf(' ') + 1))]));
}

/** `here` stands in the order of the file: among equals the first one counts. */
function placeOf(here: Server[], address: string): Place {
  const place: Place = {
    blocks: defaultFirst(here, address),
    exact: new Map(),
    heads: [],
    tails: [],
    regexes: [],
  };
  for (const server of here) for (const pattern of server.names) put(place, server, pattern);
  place.heads.sort((a, b) => b.suffix.length - a.suffix.length);
  place.tails.sort((a, b) => b.prefix.length - a.prefix.length);
  return place;
}

function put(place: Place, server: Server, pattern: string): void {
  if (pattern.startsWith('~')) {
    place.regexes.push({ pattern, server });
    return;
  }
  const dotted = pattern.startsWith('.');
  for (const name of dotted ? [pattern, pattern.slice(1)] : [pattern])
    if (!place.exact.has(name)) place.exact.set(name, server);
  if (dotted) place.heads.push({ suffix: pattern, server });
  else if (pattern.startsWith('*.')) place.heads.push({ suffix: pattern.slice(1), server });
  if (pattern.endsWith('.*')) place.tails.push({ prefix: pattern.slice(0, -1), server });
}

function defaultFirst(here: Server[], address: string): Server[] {
  const chosen = here.find((server) =>
    server.listens.some((one) => one.address === address && one.isDefault && !one.quic),
  );
  return chosen === undefined ? here : [chosen, ...here.filter((server) => server !== chosen)];
}

/**
 * An expression of somebody else's configuration may take for ever: it gets this long, all of them together this long.
 * The clock on the wall counts, so an honest one must have room for a busy machine: else it matches nothing.
 */
const regexLimits = { eachMs: 300, allMs: 900, forgivenAfterMs: 60_000 };
const asked = createContext({ pattern: '', name: '' });
const question = new Script("new RegExp(pattern, 'i').test(name)");
const spent = { ms: 0, since: 0 };

/** PCRE in JavaScript's clothes; a pattern that cannot be translated, or that takes too long, matches nothing. */
export function matchesRegex(pattern: string, name: string): boolean {
  const begun = systemClock.monotonic();
  if (begun - spent.since > regexLimits.forgivenAfterMs) Object.assign(spent, { ms: 0, since: begun });
  if (spent.ms > regexLimits.allMs) return false;
  try {
    Object.assign(asked, { pattern: pattern.slice(1).replaceAll('(?P<', '(?<'), name });
    return question.runInContext(asked, { timeout: regexLimits.eachMs }) === true;
  } catch {
    spent.ms += systemClock.monotonic() - begun;
    return false;
  }
}
