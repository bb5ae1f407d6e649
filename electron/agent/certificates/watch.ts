import type { Clock } from '#kit/clock.ts';
import { inTurns } from '#kit/in-turns.ts';
import { type EndpointNode, speaksTls } from '#shared/model/node.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Database } from '../../database/database.ts';
import { handshakesAtOnce } from '../steps/lanes.ts';
import type { ProbeTls } from '../steps/step.ts';
import { judgeServed, probeNodeTls } from '../steps/verify.ts';

const minute = 60_000;

interface WatchParts {
  database: Database;
  clock: Clock;
  probeTls: ProbeTls;
  settings(): Settings;
  changed(nodeId: string): void;
}

/** Endpoints that are looked at at a time. */
const endpointsAtOnce = 16;
/** What one of them that does not answer takes of a turn at most, and the last handshakes: its other nodes are due in the next. */
const patienceMs = 30_000;

/**
 * One turn of the watch loop: looks from outside at the nodes whose turn it is, and keeps what was served. Each endpoint on its
 * own, those seen longest ago first, so that none that is slow keeps the others waiting.
 */
export async function watchTurn(parts: WatchParts): Promise<number> {
  const { database, clock } = parts;
  const { watch_minutes, watch_others_hours } = parts.settings();
  const now = clock.now();
  // one that a discovery had no time for is not left unseen for hours
  const times = { ours: now - watch_minutes * minute, others: now - watch_others_hours * 60 * minute };
  const due = database.nodes.lastSeenBefore(times).filter(speaksTls);
  const ofEach = [...Map.groupBy(due, ({ endpointId }) => endpointId).values()];
  await inTurns(ofEach, endpointsAtOnce, async (nodes) => {
    const until = clock.monotonic() + patienceMs;
    await inTurns(nodes, handshakesAtOnce, async (node) => {
      if (clock.monotonic() <= until) await watchNode(parts, node);
    });
  });
  return minute;
}

/** Probes one node now. */
export async function watchNode(parts: WatchParts, node: EndpointNode) {
  const answers = await probeNodeTls(parts.probeTls, node);
  const current = parts.database.nodes.get(node.id);
  if (current === null) return null;
  const served = judgeServed(current, answers, parts.clock.now());
  parts.database.nodes.setServed(node.id, served);
  if (served.state !== current.served.state || served.fingerprint !== current.served.fingerprint)
    parts.changed(node.id);
  return served;
}
