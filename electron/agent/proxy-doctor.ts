import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { authorityDefinition } from '#shared/model/authority.ts';
import { storeDefinition } from '#shared/model/credential-store.ts';
import type { ProbeCheck, StoredCheck } from '#shared/model/probe-check.ts';
import type { ProxyReport, ProxyTrip } from '#shared/model/proxy.ts';
import type { Database } from '../database/database.ts';

/** An address that the agent needs, and what it trusts there. */
export interface NeededAddress {
  url: string;
  neededBy: string;
  trustedRootsPem: string | null;
}

/** The way to an address as the HTTP client finds it; given by compose. @internal */
export interface Way {
  ok: boolean;
  way: string;
  steps: ProbeCheck[];
  certificate: ProxyTrip['certificate'];
  interceptedBy: string | null;
}

/** One client over one setting, made for the question and closed after it. */
export interface WayFinder {
  reach(address: NeededAddress): Promise<Way>;
  /** What the server itself says, in one sentence. Rejects with a Failure. */
  ask(address: NeededAddress): Promise<string>;
  close(): Promise<void>;
}

/** Asked when nothing is needed yet: reserved by RFC 2606, so only the way to the proxy can answer. */
const nowhere = 'https://trustkeep.invalid/';
/** Steps that are about the proxy, not about what lies behind it. */
const proxySteps = new Set(['route', 'proxy', 'authentication']);

/** Every address that authorities and credential stores have, each with its owner. */
export function neededAddresses(database: Database): NeededAddress[] {
  const found: NeededAddress[] = [];
  for (const { name, settings } of database.authorities.list()) {
    const reached = authorityDefinition(settings).reached(settings);
    if (reached !== null) found.push({ ...reached, neededBy: `authority ${name}` });
  }
  for (const { name, settings } of database.credentialStores.list()) {
    const place = storeDefinition(settings).place(settings);
    if (place === null) continue;
    const { address: url, trustedRootsPem } = place;
    found.push({ url, neededBy: `credential store ${name}`, trustedRootsPem });
  }
  return found;
}

/** Looks at the way to every address, all at once. Rejects for an address that is none. */
export async function examineWays(
  finder: WayFinder,
  addresses: readonly NeededAddress[],
  clock: Clock,
): Promise<ProxyReport> {
  const trips = await Promise.all(addresses.map((address) => trip(finder, address)));
  return { ok: trips.every(({ ok }) => ok), trips, at: clock.now() };
}

/** Only whether the outbound connection works at all, when the agent needs no address yet. */
export async function examineProxyAlone(finder: WayFinder, clock: Clock): Promise<ProxyReport> {
  const found = await finder.reach({ url: nowhere, neededBy: 'the proxy itself', trustedRootsPem: null });
  const silent = neverAnswered(found.steps);
  const steps = found.steps.filter(({ name }) => proxySteps.has(name) || (silent && name === 'tunnel'));
  const ok = steps.every((step) => step.ok);
  const { way } = found;
  const trips = steps.length === 0 ? [] : [{ ...blank, url: way, way, steps, ok }];
  return { ok, trips, at: clock.now() };
}

/** Nothing that is needed had an answer from the proxy itself: reached directly, or nothing was said on the way to it. */
export function saysNothingOfProxy({ trips }: ProxyReport): boolean {
  return trips.every(({ way, steps }) => way === 'direct' || neverAnswered(steps));
}

/** It took the connection and then said nothing, or hung up: no working proxy, or one that waits for a silent server. */
function neverAnswered(steps: readonly StoredCheck[]): boolean {
  const last = steps.at(-1);
  if (last?.name !== 'tunnel' || last.ok) return false;
  const atProxy = steps.slice(steps.findLastIndex(({ name }) => name === 'proxy'));
  return atProxy.every(({ name }) => name !== 'authentication');
}

const blank = { neededBy: 'the proxy itself', certificate: null, interceptedBy: null } as const;

async function trip(finder: WayFinder, address: NeededAddress): Promise<ProxyTrip> {
  const { ok, way, steps, certificate, interceptedBy } = await finder.reach(address);
  const found = { url: address.url, neededBy: address.neededBy, way, certificate, interceptedBy };
  if (!ok) return { ...found, ok, steps };
  try {
    const sentence = await finder.ask(address);
    return { ...found, ok, steps: [...steps, { name: 'answer', ok: true, sentence }] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...found, ok: false, steps: [...steps, { name: 'answer', ok: false, sentence: error.message }] };
  }
}

/**
 * Whether a candidate is refused, by what it finds against what the present setting finds for the same addresses. An
 * address that does not answer either way (a vault that is down) says nothing about the candidate.
 */
export function worse(candidate: ProxyReport, present: ProxyReport): ProxyTrip | null {
  const lost = candidate.trips.find(
    ({ url, ok }) => !ok && present.trips.some((one) => one.url === url && one.ok),
  );
  const atProxy = candidate.trips.find(({ ok, steps }) => !ok && proxySteps.has(steps.at(-1)?.name ?? ''));
  return atProxy ?? lost ?? null;
}
