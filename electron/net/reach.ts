import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { Clock } from '#kit/clock.ts';
import { Failure, harmless } from '#shared/failure.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import type { ConnectionTerms } from './dispatchers.ts';
import { abortable, type Ending } from './ending.ts';
import { pinOf } from './expected-certificate.ts';
import { netFailure, type Peer, place, timedOut } from './failures.ts';
import { type Handshake, shakeHands } from './handshake.ts';
import type { Outbound } from './outbound.ts';
import { forward } from './proxy/forward.ts';
import { type Way, wayName } from './proxy/route.ts';
import { openTunnel } from './proxy/tunnel.ts';
import { isAnchoredElsewhere, isUntrusted, knownIssuers, readTrust, wholeTrust } from './tls-trust.ts';
import { worthAnother } from './worth-another.ts';

/** The way to an address, one step after the other, stopping at the first "no". */
export interface Reach {
  ok: boolean;
  /** `direct`, or `proxy host:port` as it was taken. */
  way: string;
  /**
   * `route` comes first when there is a proxy setting: what the PAC file, the setting or the list of direct
   * destinations says. Then directly: `resolve` `connect` `tls`. Through a proxy: `proxy` (it answers),
   * `authentication` (each exchange), `tunnel`, `tls`. A proxy that is given up for the next one has a step that
   * says so. Sentences for a network administrator.
   */
  steps: ProbeCheck[];
  /** Seen at the end, with the fingerprint as it is pinned; null before TLS. */
  certificate: { subject: string; issuer: string; trusted: boolean; fingerprint: string } | null;
  /**
   * Through a proxy only: the issuer of what was seen, when neither a public root nor the roots given for that
   * address vouch for it. Trusted or not by a root of this machine's own store is what `certificate` says.
   */
  interceptedBy: string | null;
  /** Why it stopped. */
  failure: Failure | null;
}

interface ReachInput extends ConnectionTerms {
  url: URL;
  peer: Peer;
  clock: Clock;
  ending: Ending;
}

/** Tries the ways that the setting names, as a request would. Rejects when the caller's signal aborts, only then. */
export async function reachAddress(input: ReachInput, out: Outbound): Promise<Reach> {
  const steps: ProbeCheck[] = [];
  let ways: Way[];
  try {
    const route = await abortable(out.router.route(input.url, input.peer), input.ending.signal);
    ways = route.ways;
    if (route.because !== null) steps.push({ name: 'route', ok: true, sentence: harmless(route.because) });
  } catch (thrown) {
    const failure = failureOf(thrown, input, null);
    steps.push({ name: 'route', ok: false, sentence: failure.message });
    return { ok: false, way: 'direct', steps, certificate: null, interceptedBy: null, failure };
  }
  for (const [index, way] of ways.entries()) {
    const found = await reachBy(way, input, out);
    const { failure } = found;
    const last = found.steps.pop();
    steps.push(...found.steps);
    const goOn = failure !== null && index < ways.length - 1 && worthAnother(way, failure, true);
    if (last !== undefined)
      steps.push(goOn ? { ...last, ok: true, sentence: `${last.sentence} The next route is tried.` } : last);
    if (!goOn) return { ...found, steps };
    out.router.bad(way);
  }
  throw new Error('a route has at least one way');
}

/** One way, whatever the setting says. Rejects when the caller's signal aborts, only then. */
export async function reachBy(way: Way, input: ReachInput, out: Outbound): Promise<Reach> {
  const found = report(wayName(way));
  try {
    const secure = input.url.protocol === 'https:';
    if (way.kind === 'direct') {
      await resolveName(input, found);
      const socket = await openSocket(input, found);
      if (secure) await inspectTls(socket, way, input, found);
      else socket.destroy();
      return found.yes();
    }
    found.begin('proxy');
    const tools = out.tools({
      signal: input.ending.signal,
      note: found.note,
      connectTimeoutMs: Math.max(100, input.ending.left() - 200), // so that it says itself what is slow
    });
    if (secure || way.place.socks5) {
      const socket = await openTunnel(way.place, input.peer, tools);
      if (secure) await inspectTls(socket, way, input, found);
      else socket.destroy();
    } else {
      // only a request shows whether the proxy lets one through: the smallest there is
      const url = `${input.url.origin}/`;
      await forward(
        way.place,
        {
          method: 'HEAD',
          url,
          headers: {},
          maxBytes: 0,
          timeoutMs: Math.max(100, input.ending.left() - 200),
        },
        tools,
      );
    }
    return found.yes();
  } catch (thrown) {
    return found.no(failureOf(thrown, input, way));
  }
}

/** Throws the reason of the caller's signal when it was that. */
function failureOf(
  thrown: unknown,
  { ending, peer, clientCertificate }: ReachInput,
  way: Way | null,
): Failure {
  const proxy = way?.kind === 'proxy' ? way.place : undefined;
  if (ending.late() && !(thrown instanceof Failure)) return timedOut(peer, thrown, proxy);
  if (!ending.late()) ending.signal.throwIfAborted();
  return netFailure(thrown, peer, { showedCertificate: clientCertificate !== undefined, proxy });
}

/** Steps as they are taken; the one that was begun and not finished is the one that failed. */
interface Report {
  begin(name: CheckName): void;
  finish(sentence: string): void;
  /** A step that somebody else took. */
  note: (step: ProbeCheck) => void;
  certificate: Reach['certificate'];
  interceptedBy: string | null;
  yes(): Reach;
  no(failure: Failure): Reach;
}

function report(way: string): Report {
  const steps: ProbeCheck[] = [];
  let begun: CheckName = 'resolve';
  const made = ({ certificate, interceptedBy }: Report, failure: Failure | null): Reach => ({
    ok: failure === null,
    way,
    steps,
    certificate,
    interceptedBy,
    failure,
  });
  return {
    certificate: null,
    interceptedBy: null,
    begin: (name) => {
      begun = name;
    },
    finish: (sentence) => void steps.push({ name: begun, ok: true, sentence: harmless(sentence) }),
    note(step) {
      steps.push({ ...step, sentence: harmless(step.sentence) });
      begun = step.name;
    },
    yes() {
      return made(this, null);
    },
    no(failure) {
      if (steps.at(-1)?.ok !== false) steps.push({ name: begun, ok: false, sentence: failure.message });
      return made(this, failure);
    },
  };
}

async function resolveName({ peer: { host }, ending }: ReachInput, found: Report): Promise<void> {
  found.begin('resolve');
  if (isIP(host) !== 0) return found.finish(`${host} is an IP address.`);
  const addresses = await abortable(lookup(host, { all: true }), ending.signal);
  found.finish(`${host} resolves to ${addresses.map(({ address }) => address).join(', ')}.`);
}

async function openSocket({ peer, ending }: ReachInput, found: Report): Promise<Socket> {
  found.begin('connect');
  const socket = connect({ host: peer.host, port: peer.port });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('error', reject);
  });
  try {
    await abortable(opened, ending.signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.on('error', () => {}); // whoever uses it next has its own ear
  found.finish(`${place(peer)} accepts connections (at ${socket.remoteAddress}).`);
  return socket;
}

async function inspectTls(socket: Socket, way: Way, input: ReachInput, found: Report): Promise<void> {
  found.begin('tls');
  const { peer, clock, ending } = input;
  try {
    const trust = readTrust(input.trustedRootsPem);
    const secureContext = wholeTrust(trust, input.clientCertificate);
    const seen = await shakeHands(socket, peer, {
      ...{ secureContext, clock, timeoutMs: ending.left(), signal: ending.signal },
      known: () => knownIssuers(trust),
    });
    found.certificate = certificateOf(seen);
    const strange = way.kind === 'proxy' && isAnchoredElsewhere(seen.chain, trust);
    if (strange && isAboutTrust(seen)) found.interceptedBy = seen.issuer;
    const { issuer, objection } = seen;
    const proxy = way.kind === 'proxy' ? way.place : undefined;
    if (objection !== null) throw netFailure(objection, peer, { issuer, proxy });
    found.finish(sentenceFor(peer, seen, strange ? proxy : undefined));
  } finally {
    socket.destroy();
  }
}

/** A certificate that is refused for its date or name says nothing about who signed it. */
function isAboutTrust({ objection }: Handshake): boolean {
  return objection === null || isUntrusted(objection.code);
}

function sentenceFor(
  peer: Peer,
  { subject, issuer, protocol }: Handshake,
  strangeBehind: Peer | undefined,
): string {
  const shown = `${place(peer)} shows a certificate for "${subject}", issued by "${issuer}", which this machine trusts (${protocol}).`;
  if (strangeBehind === undefined) return shown;
  return `${shown} "${issuer}" is not a public root but one from this machine's own store: the proxy ${place(strangeBehind)} decrypts the traffic, unless ${peer.host} is your own server.`;
}

/** Trusted is who signed it: a wrong name or date is another matter, which the failure tells. */
function certificateOf({ subject, issuer, chain, objection }: Handshake): Reach['certificate'] {
  const fingerprint = chain[0] === undefined ? '' : pinOf(chain[0].fingerprint256);
  return { subject, issuer, trusted: objection === null || !isUntrusted(objection.code), fingerprint };
}
