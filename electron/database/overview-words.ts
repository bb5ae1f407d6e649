import type { HealthLevel, Overview } from '#shared/model/overview.ts';
import type { Row } from './driver.ts';

const day = 24 * 3600 * 1000;

export interface OpenFailures {
  total: number;
  /** Those whose previous state is not back, or not proved to be. */
  unrestored: number;
}

interface Facts {
  level: HealthLevel;
  nodes: Overview['nodes'];
  approvalsPending: number;
  failures: OpenFailures;
  /** The worst node, when there is one. */
  first: Row | undefined;
  now: number;
}

/** As many characters as Windows shows of a tooltip in every version of its tray. */
const longestTooltip = 63;

/** One line for the tray: what is said of a node keeps its end, the name of the node loses its middle. */
export function overviewTooltip(facts: Facts): string {
  const text = overviewSentence(facts, longestTooltip);
  if (text.length <= longestTooltip) return text;
  if (facts.level === 'danger') return 'A change failed, and it is not proved to be undone.';
  const { same, managed } = facts.nodes;
  return `${same} of ${managed} managed nodes verified, others unknown.`;
}

/** One line, at most 100 characters. */
export function overviewSentence(
  { level, nodes, approvalsPending, failures, first, now }: Facts,
  longest = 100,
): string {
  if (level === 'unknown') return 'Nothing is managed yet: add an endpoint and discover its nodes.';
  if (level === 'ok') return okSentence(nodes);
  const speaksForNode = first !== undefined && (level === 'attention' || first.danger === 1);
  if (speaksForNode && (level === 'danger' || approvalsPending === 0)) {
    const others = Number(first.troubles) - 1;
    const more = others > 0 ? ` (and ${others} more)` : '';
    const trouble = `: ${shortTrouble(first, now)}${more}`;
    return `${inside(String(first.name), longest - trouble.length)}${trouble}`;
  }
  if (level === 'danger') return 'A change failed, and the previous state is not proved to be back.';
  if (approvalsPending > 0)
    return approvalsPending === 1
      ? '1 plan is waiting for approval.'
      : `${approvalsPending} plans are waiting for approval.`;
  return failures.total === 1
    ? '1 task failed within the last day.'
    : `${failures.total} tasks failed within the last day.`;
}

/** Names of one estate begin alike and end alike: some of both is kept. */
function inside(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const ahead = Math.ceil((longest - 1) / 2);
  return `${name.slice(0, ahead)}…${name.slice(name.length - (longest - 1 - ahead))}`;
}

function okSentence(nodes: Overview['nodes']): string {
  const { total, managed, same } = nodes;
  if (managed === 0)
    return total === 1
      ? '1 node is known, but not managed yet.'
      : `${total} nodes are known, but none is managed yet.`;
  if (same === managed)
    return managed === 1
      ? 'The managed node serves the expected certificate.'
      : `All ${managed} managed nodes serve the expected certificates.`;
  return `${same} of ${managed} managed nodes ${same === 1 ? 'serves' : 'serve'} the expected certificate; the others are not verified.`;
}

/** What is wrong with a node, as a whole sentence. */
export function troubleSentence(row: Row, now: number): string {
  if (row.lost === 1) return 'The last change failed, and the previous state could not be restored.';
  if (row.restart === 1) return 'A new certificate is installed, and not served yet: restart required.';
  if (row.not_served === 1) return String(row.served_sentence);
  if (row.revoked === 1)
    return `The certificate has been revoked; clients may refuse it. ${afterRevocation(row)}`;
  if (row.unproved === 1)
    return 'The last change failed. The previous state was restored, but is not proved to be served.';
  if (row.expiring === 1) {
    const ends = `The certificate ${expiry(Number(row.not_after), now)}.`;
    return row.managed === 1 ? ends : `${ends} It was not requested here, so Trustkeep does not renew it.`;
  }
  return 'The last task failed. The previous state is in place.';
}

function afterRevocation({ asks, renews, managed }: Row): string {
  if (asks === 1) return 'A new one is waiting for approval.';
  if (renews === 1) return 'Trustkeep renews it without waiting for its expiry.';
  return managed === 1
    ? 'It is not renewed automatically: request a new one.'
    : 'It was not requested here, so Trustkeep does not renew it.';
}

function shortTrouble(row: Row, now: number): string {
  if (row.lost === 1) return 'could not be restored';
  if (row.restart === 1) return 'restart required';
  if (row.not_served === 1)
    return servedWords[String(row.served_state)] ?? 'does not serve the expected certificate';
  if (row.revoked === 1) return 'its certificate has been revoked';
  if (row.unproved === 1) return 'restored, but not proved';
  if (row.expiring === 1) return `certificate ${expiry(Number(row.not_after), now)}`;
  return 'the last task failed';
}

const servedWords: Record<string, string> = {
  previous: 'still serves the previous certificate',
  other: 'serves a different certificate',
  unreachable: 'does not answer',
};

function expiry(notAfter: number, now: number): string {
  const away = Math.abs(notAfter - now);
  const days = Math.floor(away / day);
  const span = days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`;
  return notAfter <= now ? `expired ${span} ago` : `expires in ${span}`;
}
