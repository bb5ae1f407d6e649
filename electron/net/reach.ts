import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { Clock } from '#kit/clock.ts';
import type { Failure } from '#shared/failure.ts';
import type { ProbeCheck } from '#shared/model/endpoint.ts';
import type { ConnectionTerms } from './dispatchers.ts';
import { abortable, type Ending, makeEnding } from './ending.ts';
import { netFailure, type Peer, place, timedOut } from './failures.ts';
import { type Handshake, shakeHands } from './handshake.ts';
import { isUntrusted, readTrust, wholeTrust } from './tls-trust.ts';

/** The way to an address, one step after the other, stopping at the first "no". No request is sent. */
export interface Reach {
  ok: boolean;
  /** `direct`, or `proxy host:port` as it was taken. */
  way: string;
  /**
   * Direct: `resolve` `connect` `tls`. Through a proxy: `route` (what the PAC or setting says), `proxy` (the proxy
   * answers), `authentication` (each exchange), `tunnel`, `tls`. Sentences for a network administrator.
   */
  steps: ProbeCheck[];
  /** Seen at the end; null before TLS. */
  certificate: { subject: string; issuer: string; trusted: boolean } | null;
  /** The issuer, when what was seen is signed by something this machine does not trust and a proxy lies between. */
  interceptedBy: string | null;
  /** Why it stopped. */
  failure: Failure | null;
}

/** The request has failed already: its sentence does not wait long for one name more. */
const issuerPatienceMs = 3000;

export interface ReachInput extends ConnectionTerms {
  secure: boolean;
  peer: Peer;
  clock: Clock;
  ending: Ending;
}

/** Rejects when the caller's signal aborts, and with nothing else. */
export async function reachDirectly(input: ReachInput): Promise<Reach> {
  const found = report('direct');
  try {
    await resolveName(input, found);
    const socket = await openSocket(input, found);
    if (!input.secure) {
      socket.destroy();
      return found.yes();
    }
    await lookAtTls(socket, input, found);
    return found.yes();
  } catch (thrown) {
    if (input.ending.late()) return found.no(timedOut(input.peer, thrown));
    input.ending.signal.throwIfAborted();
    const showedCertificate = input.clientCertificate !== undefined;
    return found.no(netFailure(thrown, input.peer, { showedCertificate }));
  }
}

/** Steps as they are taken; the one that was begun and not finished is the one that failed. */
interface Report {
  begin(name: string): void;
  finish(sentence: string): void;
  certificate: Reach['certificate'];
  yes(): Reach;
  no(failure: Failure): Reach;
}

function report(way: string): Report {
  const steps: ProbeCheck[] = [];
  let begun = 'resolve';
  const made = (found: Report, failure: Failure | null): Reach => ({
    ok: failure === null,
    way,
    steps,
    certificate: found.certificate,
    interceptedBy: null,
    failure,
  });
  return {
    certificate: null,
    begin: (name) => {
      begun = name;
    },
    finish: (sentence) => void steps.push({ name: begun, ok: true, sentence }),
    yes() {
      return made(this, null);
    },
    no(failure) {
      steps.push({ name: begun, ok: false, sentence: failure.message });
      return made(this, failure);
    },
  };
}

async function resolveName({ peer: { host }, ending }: ReachInput, found: Report): Promise<void> {
  found.begin('resolve');
  if (isIP(host) !== 0) return found.finish(`${host} is an address.`);
  const addresses = await abortable(lookup(host, { all: true }), ending.signal);
  found.finish(`${host} is ${addresses.map(({ address }) => address).join(', ')}.`);
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

async function lookAtTls(socket: Socket, input: ReachInput, found: Report): Promise<void> {
  found.begin('tls');
  const { peer, clock, ending } = input;
  try {
    const secureContext = wholeTrust(readTrust(input.trustedRootsPem), input.clientCertificate);
    const seen = await shakeHands(socket, peer, {
      secureContext,
      clock,
      timeoutMs: ending.left(),
      signal: ending.signal,
    });
    found.certificate = certificateOf(seen);
    if (seen.objection !== null) throw netFailure(seen.objection, peer, { issuer: seen.issuer });
    found.finish(
      `${place(peer)} shows a certificate for “${seen.subject}”, issued by “${seen.issuer}”, which this machine trusts (${seen.protocol}).`,
    );
  } finally {
    socket.destroy();
  }
}

/**
 * Who signed what a server shows, for the sentence after a refused handshake. Null when it cannot be seen. It is not
 * trusted, so no certificate of ours is shown to it.
 */
export async function issuerShown(
  peer: Peer,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const ending = makeEnding(clock, issuerPatienceMs, signal);
  const seen = await reachDirectly({ peer, clock, secure: true, ending }).catch(() => null);
  ending.clear();
  return seen?.certificate?.issuer ?? null;
}

/** Trusted is who signed it: a wrong name or date is another matter, which the failure tells. */
function certificateOf({ subject, issuer, objection }: Handshake): Reach['certificate'] {
  return { subject, issuer, trusted: objection === null || !isUntrusted(objection.code) };
}
