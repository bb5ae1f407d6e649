import type { Approval } from '#shared/model/approval.ts';
import type { FileState, Plan, PlannedFile } from '#shared/model/plan.ts';
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
      { head: 'names', value: ({ plan }) => plan.names.join(', ') },
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
      ['  Reached by', plan.bound.connection],
      ['  Authority', `${plan.authority.name} (${plan.authority.kind})`],
      ['  Terms', termsOf(plan)],
      ['  Key', `${plan.keyType}, generated ${where(plan.keyPlace.where)}: ${plan.keyPlace.why}`],
    ]),
    ...section('Files that change', install.files.flatMap(fileLines)),
    ...section(
      'Configuration that changes',
      install.edits.flatMap(({ path, line, before, after }) => [
        `${path}:${line}`,
        ...before.split('\n').map((text) => `  - ${text}`),
        ...after.split('\n').map((text) => `  + ${text}`),
      ]),
    ),
    ...section(
      'Commands',
      install.commands.map(({ argv, why }) => `${argv.join(' ')}  (${why})`),
    ),
    ...section(
      'Also affected',
      install.shares.map(({ sentence }) => sentence),
    ),
    ...section(
      'Proof by a TLS handshake with',
      install.proofs.map(
        ({ address, port, serverName }) =>
          `${address} port ${port}${serverName === null ? '' : ` as ${serverName}`}`,
      ),
    ),
    ...section('Read before you approve', install.warnings),
    `  Fingerprint of the plan: ${plan.fingerprint}`,
  ];
}

function where(place: 'target' | 'agent'): string {
  return place === 'target' ? 'on the endpoint' : 'by the agent';
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

function fileLines({ path, holds, before, after }: PlannedFile): string[] {
  const content = after.sha256 === null ? 'new content' : after.sha256.slice(0, 12);
  return [
    `${path}  (${holds.replaceAll('-', ' ')})`,
    `  before ${before === null ? 'does not exist' : stateOf(before)}`,
    `  after  ${content} ${after.owner}:${after.group} ${octal(after.mode)}`,
  ];
}

function stateOf({ sha256, owner, group, mode }: FileState): string {
  return `${sha256.slice(0, 12)} ${owner}:${group} ${octal(mode)}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
