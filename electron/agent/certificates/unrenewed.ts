import { z } from 'zod';
import type { Clock } from '#kit/clock.ts';
import { firstOf } from '#shared/model/first-of.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Database } from '../../database/database.ts';
import type { Draft } from '../notification-words.ts';
import { span } from '../policies/renewal.ts';
import { expiryStage, isServedWrongly } from '../policies/unrenewed.ts';

const napMs = 15 * 60_000;
const note = 'told-of-unrenewed';

type Certificate = NonNullable<EndpointNode['certificate']>;

/** What a person has been told of a node; what is not there has not been told. */
const told = z.object({
  /** The certificate that it was about. */
  fingerprint: z.string(),
  stage: z.number().int(),
  /** Since when something else is served than what is on disk; null: it is not. */
  wrongSince: z.number().int().nullable(),
  wrongTold: z.boolean(),
});
const allTold = z.record(z.string(), told);
type Told = z.infer<typeof told>;

interface UnrenewedParts {
  database: Database;
  clock: Clock;
  notify(draft: Draft): void;
}

/**
 * Tells a person of the certificates that nobody renews here: when one comes nearer to its end, when it has ended, and when
 * something else is served than what is on disk. Each of these once, all that is new in one notification. What has been told is
 * stored with it, so that it is not told again after a start. Gives the milliseconds until the next turn.
 */
export function unrenewedTurn({ database, clock, notify }: UnrenewedParts): number {
  const before = readTold(database);
  const now = clock.now();
  const news: News[] = [];
  const { seen, unseen } = unrenewedNodes(database);
  // gone or unreadable for a while: what was told of it holds when it is back
  const after = Object.fromEntries(
    unseen.flatMap(({ id }): [string, Told][] => (before[id] === undefined ? [] : [[id, before[id]]])),
  );
  for (const node of seen) {
    const known = before[node.id];
    const next = nextTold(node, known, now);
    if (next.stage > 0 || next.wrongSince !== null) after[node.id] = next;
    const isNew = next.stage > (known?.fingerprint === next.fingerprint ? known.stage : 0);
    if (isNew || (next.wrongTold && known?.wrongTold !== true))
      news.push({ node, ends: isNew, left: (node.certificate?.notAfter ?? now) - now });
  }
  database.transaction(() => {
    if (JSON.stringify(after) !== JSON.stringify(before)) database.meta.set(note, JSON.stringify(after));
    if (news.length > 0) notify(draftOf(news));
  });
  return napMs;
}

/** What is stored and does not fit counts as nothing told: something told twice is better than something not told. */
function readTold(database: Database): Record<string, Told> {
  try {
    return allTold.parse(JSON.parse(database.meta.get(note) ?? '{}'));
  } catch {
    return {};
  }
}

/** `unseen`: those that are not there now, or whose certificate cannot be read. */
function unrenewedNodes(database: Database): { seen: EndpointNode[]; unseen: EndpointNode[] } {
  const renewed = new Set(
    database.renewals.list().map(({ nodeId, fingerprint }) => `${nodeId} ${fingerprint}`),
  );
  const nodes = database.nodes.list();
  const isSeen = ({ missingSince, certificate }: EndpointNode) =>
    missingSince === null && certificate !== null;
  return {
    seen: nodes.filter((node) => isSeen(node) && !renewed.has(`${node.id} ${node.certificate?.fingerprint}`)),
    unseen: nodes.filter((node) => !isSeen(node)),
  };
}

/**
 * Another program writes a certificate and reloads the server hours before it is read here again: "served wrongly" is told only
 * when the files and the server have both been asked since it was first seen.
 */
function nextTold(node: EndpointNode, known: Told | undefined, now: number): Told {
  const { certificate, served, discoveredAt } = node;
  const fingerprint = certificate?.fingerprint ?? '';
  const same = known?.fingerprint === fingerprint ? known : undefined;
  const wrong = isServedWrongly(served);
  // one that does not answer shows nothing else than before
  const silent = served.state === 'unreachable' && same !== undefined;
  const since = wrong || silent ? (known?.wrongSince ?? (wrong ? now : null)) : null;
  // it cannot be later than now: the clock was set back
  const wrongSince = since === null ? null : Math.min(since, now);
  const sure = wrong && wrongSince !== null && discoveredAt > wrongSince && served.at > wrongSince;
  return {
    fingerprint,
    // what is served instead may be the next one: until that is known, the end of this one is not told
    stage: wrong || certificate === null ? (same?.stage ?? 0) : stageOf(certificate, same?.stage ?? 0, now),
    wrongSince,
    wrongTold: wrongSince !== null && (known?.wrongTold === true || sure),
  };
}

const hour = 60 * 60_000;

/**
 * Lower than what was told where the clock has been set back since, by more than the hour that clocks are corrected by: else the
 * true end would not be told.
 */
function stageOf(certificate: Certificate, toldStage: number, now: number): number {
  return expiryStage(certificate, now + hour) < toldStage
    ? expiryStage(certificate, now)
    : Math.max(toldStage, expiryStage(certificate, now));
}

interface News {
  node: EndpointNode;
  /** It is about the end of the certificate; false: about what is served. */
  ends: boolean;
  left: number;
}

function draftOf(news: readonly News[]): Draft {
  const ended = news.some(({ ends, left }) => ends && left <= 0);
  const [first] = news;
  const about = {
    kind: 'renewal-at-risk' as const,
    level: ended ? ('danger' as const) : ('attention' as const),
  };
  if (first !== undefined && news.length === 1)
    return { ...about, title: `${nameOf(first)} ${whatOf(first)}`, sentence: sentenceOf(first) };
  const lines = news.toSorted((a, b) => a.left - b.left).map((one) => `${nameOf(one)} ${whatOf(one)}`);
  return {
    ...about,
    title: `${news.length} nodes need attention: Trustkeep does not renew their certificates`,
    sentence: `${firstOf(lines)}. Request certificates for these nodes, or check what renews them.`,
  };
}

const nameOf = ({ node }: News): string => `${node.endpointName}/${node.name}`;

function whatOf({ ends, left }: News): string {
  if (!ends) return 'does not serve the certificate on its disk';
  return left <= 0 ? 'has expired' : `expires in ${span(left)}`;
}

function sentenceOf({ node, ends }: News): string {
  const who =
    node.managedBy === null ? '' : ` ${node.managedBy.who} manages it: check why it did not renew it.`;
  if (!ends) return `${node.served.sentence} Reload the server, or check what is in front of it.`;
  if (node.orderNumber !== null) return 'It is not renewed automatically: request a new one.';
  return `It was not requested here, so Trustkeep does not renew it.${who || ' Request a certificate for its node, or check what renews it.'}`;
}
