import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database } from '../../database/database.ts';
import type { Authority } from '../../providers/authorities/authority.ts';
import { decideRenewal } from '../policies/renewal.ts';
import { spreadOf } from '../policies/spread.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Renewals begun per turn and the pause to the next turn when more are due: after a long sleep the load is spread. */
const perTurn = 5;
const pauseMs = 30_000;

interface RenewParts {
  database: Database;
  clock: Clock;
  log: Log;
  authority(id: string): Authority;
  settings(): Settings;
  /** A task already requests or renews for the node. */
  isLive(nodeId: string): boolean;
  /** Starts the renewal task of a node. */
  renew(nodeId: string): Task;
  changed(nodeId: string): void;
  /** Another tool put another certificate there: it is not ours to renew any more, and a person should know. */
  replacedElsewhere(node: EndpointNode): void;
  /** Until then nothing is begun; null: no pause. */
  pausedUntil(): number | null;
}

/** One turn of the renew loop: asks for ARI where it is time, then begins what is due. Gives the wait until the next turn. */
export async function renewTurn(parts: RenewParts): Promise<number> {
  const { database, clock } = parts;
  for (const renewal of database.renewals.revoked()) decideAgain(parts, renewal);
  for (const renewal of database.renewals.due(clock.now())) await askAri(parts, renewal);
  const longestNapMs = parts.settings().renew_check_minutes * minute;
  const pausedUntil = parts.pausedUntil();
  if (pausedUntil !== null) return Math.max(1000, Math.min(longestNapMs, pausedUntil - clock.now()));
  let begun = 0;
  for (const renewal of database.renewals.due(clock.now())) {
    if (renewal.nextAt > clock.now()) continue;
    if (begun === perTurn) return pauseMs;
    if (begin(parts, renewal)) begun += 1;
  }
  return nap(database.renewals.list(), clock.now(), longestNapMs);
}

function nap(all: readonly Renewal[], now: number, longestNapMs: number): number {
  const next = Math.min(
    ...all.map((renewal) => Math.min(renewal.nextAt, renewal.ariAskAgainAt ?? Number.POSITIVE_INFINITY)),
  );
  return Math.max(1000, Math.min(longestNapMs, next - now));
}

/** True when a task was begun. */
function begin(parts: RenewParts, renewal: Renewal): boolean {
  const { database, clock } = parts;
  const node = database.nodes.get(renewal.nodeId);
  if (node === null) {
    database.renewals.remove(renewal.nodeId);
    return false;
  }
  if (node.certificate !== null && node.certificate.fingerprint !== renewal.fingerprint) {
    parts.replacedElsewhere(node);
    database.renewals.remove(renewal.nodeId);
    return false;
  }
  if (parts.isLive(node.id)) return postpone(parts, renewal, 5 * minute);
  if (node.missingSince !== null) return postpone(parts, renewal, hour);
  try {
    parts.renew(node.id);
  } catch (error) {
    parts.log.warn('a renewal could not be begun', { node: node.id, error });
    // whatever it is: what is not postponed would be begun again without a pause
    noteFailedRenewal(database, renewal.nodeId, asFailure(error), clock.now());
    return false;
  }
  postpone(parts, renewal, 5 * minute);
  return true;
}

function postpone(parts: RenewParts, renewal: Renewal, ms: number): false {
  parts.database.renewals.upsert({ ...renewal, nextAt: parts.clock.now() + ms });
  return false;
}

/**
 * After a failed attempt: counts it and sets the next one by the back-off table. One that was made before its time (a
 * person asked for it) changes nothing of the schedule. Gives the row, null when unmanaged or not due.
 */
export function noteFailedRenewal(
  database: Database,
  nodeId: string,
  failure: Failure,
  now: number,
): Renewal | null {
  const renewal = database.renewals.get(nodeId);
  const certificate = renewal === null ? null : database.certificates.get(renewal.fingerprint);
  if (renewal === null || certificate === null) return null;
  const facts = factsOf(renewal, certificate, now);
  const regular = decideRenewal({ ...facts, failures: 0, lastFailedAt: null });
  if (regular.nextAt > now) {
    database.renewals.upsert({ ...renewal, ...regular, failures: 0, lastFailure: failure.toData() });
    return null;
  }
  const failures = renewal.failures + 1;
  const saidNo = failure.code === 'approval.rejected' || failure.code === 'task.cancelled';
  const decision = decideRenewal({ ...facts, failures, lastFailedAt: now, saidNo });
  const next = { ...renewal, ...decision, failures, lastFailure: failure.toData() };
  database.renewals.upsert(next);
  return next;
}

/** Of one whose certificate was revoked since it was decided. */
function decideAgain({ database, clock, changed }: RenewParts, renewal: Renewal): void {
  const certificate = database.certificates.get(renewal.fingerprint);
  if (certificate === null) return;
  const facts = { ...factsOf(renewal, certificate, clock.now()), failures: 0, lastFailedAt: null };
  database.renewals.upsert({ ...renewal, ...decideRenewal(facts) });
  changed(renewal.nodeId);
}

/** All but how often it failed. */
function factsOf(renewal: Renewal, { notBefore, notAfter, revoked }: Certificate, now: number) {
  const spread = spreadOf(renewal.nodeId, renewal.fingerprint);
  return { now, notBefore, notAfter, ari: ariOf(renewal), spread, revoked: revoked !== null };
}

function ariOf({ ariStart, ariEnd }: Renewal): { start: number; end: number } | null {
  return ariStart === null || ariEnd === null ? null : { start: ariStart, end: ariEnd };
}

async function askAri(parts: RenewParts, renewal: Renewal): Promise<void> {
  const { database, clock } = parts;
  if (renewal.ariAskAgainAt === null || renewal.ariAskAgainAt > clock.now()) return;
  const certificate = database.certificates.get(renewal.fingerprint);
  if (certificate === null || certificate.orderNumber === null) return;
  const order = database.orders.byNumber(certificate.orderNumber);
  if (order === null || database.authorities.get(order.authorityId) === null)
    return stopAsking(parts, renewal);
  const info = await ask(parts, order.authorityId, certificate.chainPem);
  if (info === 'not-offered') return stopAsking(parts, renewal);
  const fresh = database.renewals.get(renewal.nodeId);
  if (fresh === null || fresh.fingerprint !== renewal.fingerprint) return;
  if (info === 'failed') {
    database.renewals.upsert({ ...fresh, ariAskAgainAt: clock.now() + 6 * hour });
    return;
  }
  const heard = { ...fresh, ariStart: info.start, ariEnd: info.end, ariAskAgainAt: info.askAgainAt };
  const facts = { ...factsOf(heard, certificate, clock.now()), failures: 0, lastFailedAt: null };
  database.renewals.upsert(fresh.failures > 0 ? heard : { ...heard, ...decideRenewal(facts) });
  parts.changed(renewal.nodeId);
}

async function ask(parts: RenewParts, authorityId: string, leafPem: string) {
  try {
    const authority = parts.authority(authorityId);
    return (await authority.renewalInfo?.(leafPem)) ?? ('not-offered' as const);
  } catch (error) {
    parts.log.warn('the authority did not answer about renewal', { authority: authorityId, error });
    return 'failed' as const;
  }
}

function stopAsking(parts: RenewParts, renewal: Renewal): void {
  parts.database.renewals.upsert({ ...renewal, ariAskAgainAt: null });
}
