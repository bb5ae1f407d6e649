import { never } from '#kit/never.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Cell } from '#shared/model/changes/change-kind.ts';
import { type AnyChangeKind, type Change, groupsOf } from '#shared/model/changes/index.ts';
import { comparedPlaces, knownOfNode, saidBefore } from '#shared/model/compared.ts';
import { firstOf } from '#shared/model/first-of.ts';
import type { KeyPairPlace } from '#shared/model/key-pair-place.ts';
import type { InstallPlan, Plan } from '#shared/model/plan.ts';
import { type Paper, pairs, table } from '../table.ts';
import { dated, when } from '../when.ts';

export function approvalTable(approvals: readonly Approval[], paper: Paper): string[] {
  if (approvals.length === 0) return ['Nothing is waiting for approval.'];
  return table(
    approvals,
    [
      { head: 'id', value: ({ id }) => id, whole: true },
      { head: 'state', value: ({ state }) => state },
      { head: 'node', value: ({ plan }) => `${plan.endpointName}/${plan.nodeName}` },
      { head: 'names', value: ({ plan }) => firstOf(plan.names) },
      { head: 'reason', value: ({ plan }) => plan.reason },
      { head: 'asked', value: ({ createdAt }) => when(createdAt, paper.now) },
      { head: 'plan', value: ({ plan }) => plan.fingerprint.slice(0, 12), whole: true },
    ],
    paper,
  );
}

export function approvalPage(approval: Approval, paper: Paper): string[] {
  const how =
    approval.state === 'pending'
      ? [
          '',
          `Approve it with: ${approveLine(approval)}`,
          `Reject it with:  trustkeep approvals reject ${approval.id}`,
        ]
      : [];
  return [
    ...pairs([
      ['Approval', approval.id],
      ['Task', approval.taskId],
      ['State', approval.state],
      ['Decided by', approval.decidedBy],
      ['Decided', approval.decidedAt === null ? null : dated(approval.decidedAt, paper.now)],
      ['Comment', approval.comment],
    ]),
    '',
    ...planPage(approval.plan),
    ...how,
  ];
}

/** Bound to the plan that was shown. */
export function approveLine({ id, plan }: Approval): string {
  return `trustkeep approvals approve ${id} --fingerprint ${plan.fingerprint.slice(0, 16)}`;
}

export function decidedPage({ state, plan, taskId }: Approval): string[] {
  return [`The plan for ${plan.endpointName}/${plan.nodeName} was ${state}. Task: ${taskId}`];
}

/** Everything that would change, the same list as on the approval screen and in the audit. */
export function planPage(plan: Plan): string[] {
  const { install } = plan;
  return [
    `Plan for ${plan.endpointName}/${plan.nodeName} (${plan.reason})`,
    ...pairs([
      ['  Names', plan.names.join(', ')],
      ['  No longer covered', plan.loses?.join(', ') ?? null],
      ['  Reached by', plan.bound.connection],
      ['  Authority', `${plan.authority.name} (${plan.authority.kind})`],
      ['  If it cannot take the order', fallbackOf(plan)],
      ['  Terms', termsOf(plan)],
      ['  Certificate', issuedOf(plan)],
      ['  For several nodes', groupOf(plan)],
      [
        '  Restart',
        plan.restarts === undefined ? null : `separately: trustkeep tls restart ${plan.endpointName}`,
      ],
      ['  Challenge files', plan.webRoot ? `below ${plan.webRoot} on the endpoint` : null],
      ['  Key', `${plan.keyType}, generated ${where(plan.keyPlace.where)}: ${plan.keyPlace.why}`],
    ]),
    ...groupsOf(install.changes)
      .filter(({ changes }) => changes.length > 0)
      .flatMap(({ kind, changes }) =>
        section(kind.heading, [...changes.flatMap((change) => changeLines(kind, change)), kind.promise]),
      ),
    ...section('Managed by another program', install.takesOver?.map(({ sentence }) => sentence) ?? []),
    ...section(
      'Also affected',
      install.shares?.map(({ sentence }) => sentence) ?? ['Not known for this type of endpoint.'],
    ),
    ...section(
      'Proof by a TLS handshake with',
      install.proofs.map(
        ({ address, port, serverName, ...before }) =>
          `${address} port ${port}${serverName === null ? '' : ` as ${serverName}`}${saidBefore(before)}`,
      ),
    ),
    ...section('Cold start', install.coldStart === undefined ? [] : [install.coldStart.sentence]),
    ...section(
      'Compared before and after',
      comparedPlaces(install).flatMap(({ sentence, places }) => [
        sentence,
        ...places.map((place) => `  ${place}`),
      ]),
    ),
    ...section('Also bound to', boundLines(install)),
    ...section('Read before you approve', install.warnings),
    `  Fingerprint of the plan: ${plan.fingerprint}`,
  ];
}

function fallbackOf({ fallback }: Plan): string | null {
  if (fallback === undefined) return null;
  const files = fallback.webRoot ? `, challenge files below ${fallback.webRoot} on the endpoint` : '';
  return `${fallback.name} (${fallback.kind})${files}`;
}

function issuedOf({ issued }: Plan): string | null {
  if (issued === undefined) return null;
  const day = new Date(issued.notAfter).toISOString().slice(0, 10);
  return `that of order ${issued.orderNumber}, issued before and not installed, valid until ${day}; nothing is ordered (--new_order: order a new one)`;
}

function groupOf({ group }: Plan): string | null {
  if (group === undefined) return null;
  const [first, ...others] = group.places;
  return `all or none: ${first} first, then ${others.join(', ')}; each has a plan of its own`;
}

function where(place: KeyPairPlace): string {
  return place === 'endpoint' ? 'on the endpoint' : 'by the agent';
}

function termsOf({ terms }: Plan): string | null {
  const parts = [
    ...(terms.profile === null ? [] : [`profile ${terms.profile}`]),
    ...(terms.days === null ? [] : [`${terms.days} days`]),
  ];
  return parts.join(', ') || null;
}

function section(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${head}`, ...lines.map((line) => `    ${line}`)];
}

function changeLines(kind: AnyChangeKind, change: Change): string[] {
  const drawing = kind.draw(change);
  const sentence = kind.sentence(change);
  switch (drawing.as) {
    case 'states':
      return [
        `${drawing.place}  (${drawing.about})`,
        `  before ${drawing.before === null ? 'does not exist' : cellsLine(drawing.before)}`,
        `  after  ${drawing.after === null ? 'removed' : cellsLine(drawing.after)}`,
        `  ${sentence}`,
      ];
    case 'lines':
      return [
        drawing.place,
        ...linesOf(drawing.before).map((text) => `  - ${text}`),
        ...linesOf(drawing.after).map((text) => `  + ${text}`),
        `  ${sentence}`,
      ];
    case 'command':
      return [`${drawing.argv.join(' ')}  (${sentence})`];
    default:
      return never(drawing);
  }
}

/** Nothing is no line. */
const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'));

function cellsLine(cells: readonly Cell[]): string {
  const present = cells.filter((cell) => !('absent' in cell));
  return (present.length === 0 ? cells.slice(0, 1) : present)
    .map((cell) => ('text' in cell ? cell.text : (cell.hash?.slice(0, 12) ?? 'known later')))
    .join(' ');
}

/** What must stay as it is, and what the adapter remembers. */
function boundLines(install: InstallPlan): string[] {
  const { standsOn, remembers } = install;
  const contents = standsOn.filter((one) => one.what === 'content').length;
  return [
    ...(contents === 0 ? [] : [`${contents} file${contents === 1 ? '' : 's'} that must stay as read`]),
    ...standsOn.flatMap((one) => (one.what === 'link' ? [`${one.name} leads to ${one.leadsTo}`] : [])),
    ...remembers.facts.flatMap(({ label, value }) => (value === null ? [] : [`${label}: ${value}`])),
    ...knownOfNode(install),
  ];
}
