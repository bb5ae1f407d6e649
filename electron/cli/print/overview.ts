import type { Overview } from '#shared/model/overview.ts';
import { type Paper, pairs, table } from '../table.ts';
import { when } from '../when.ts';

export function overviewPage(overview: Overview, paper: Paper): string[] {
  const { nodes, certificates, tasks } = overview;
  return [
    `${overview.level.toUpperCase()}: ${overview.sentence}`,
    '',
    ...pairs([
      ['Endpoints', String(overview.endpoints)],
      ['Nodes', `${nodes.total} (${nodes.managed} managed, ${nodes.notServed} with problems)`],
      [
        'Certificates',
        `${certificates.total} (${certificates.expired} expired, ${certificates.within7Days} within 7 days, ${certificates.within30Days} within 30)`,
      ],
      [
        'Tasks',
        `${tasks.live} in progress, ${tasks.waiting} waiting, ${tasks.failedLastDay} failed since yesterday`,
      ],
      ['Approvals', String(overview.approvalsPending)],
      ['Unread', String(overview.unreadNotifications)],
      ['Action required', String(overview.actionRequired)],
    ]),
    ...unverifiedLines(overview),
    ...(overview.worst.length === 0 ? [] : ['', ...worstTable(overview.worst, paper)]),
  ];
}

function unverifiedLines({ unverified = [] }: Overview): string[] {
  const lines = unverified.map(({ name, reason, until, ended }) =>
    ended
      ? `  ${name}: ended on ${until}, nothing is sent to it (${reason})`
      : `  ${name}: until ${until} (${reason})`,
  );
  return lines.length === 0 ? [] : ['', 'Connections whose certificate is not verified:', ...lines];
}

function worstTable(worst: Overview['worst'], paper: Paper): string[] {
  return table(
    worst,
    [
      { head: 'Check first', value: ({ name }) => name },
      { head: 'level', value: ({ level }) => level },
      { head: 'expires', value: ({ notAfter }) => (notAfter === null ? '-' : when(notAfter, paper.now)) },
      { head: 'why', value: ({ sentence }) => sentence },
    ],
    paper,
  );
}
