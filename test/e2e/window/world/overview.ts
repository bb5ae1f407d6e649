import type { EndpointNode } from '#shared/model/node.ts';
import type { HealthLevel, Overview } from '#shared/model/overview.ts';
import {
  overviewSentence,
  overviewTooltip,
  troubleSentence,
} from '../../../../electron/database/overview-words.ts';
import { day, type World } from './world.ts';

/** The world in a few numbers, with the product's words for them. */
export function overviewOf(world: World): Overview {
  const { now } = world;
  const present = world.nodes.filter((node) => node.missingSince === null);
  const managed = present.filter((node) => node.orderNumber !== null);
  const inState = (...states: string[]) =>
    managed.filter(({ served }) => states.includes(served.state)).length;
  const nodes = {
    total: present.length,
    managed: managed.length,
    same: inState('same'),
    notServed: inState('previous', 'other', 'unreachable'),
    unknown: inState('unknown'),
  };
  const troubles = troublesOf(present, now);
  const approvalsPending = world.approvals.filter((one) => one.state === 'pending').length;
  const failedLastDay = world.tasks.filter(
    (one) => one.state === 'failed' && now - one.createdAt < day,
  ).length;
  const failures = { total: failedLastDay, unrestored: 0 };
  const level = levelOf(troubles, approvalsPending + failedLastDay, nodes.total);
  const first = troubles[0] && { ...troubles[0].row, troubles: troubles.length };
  const said = { level, nodes, approvalsPending, failures, first, now };
  return {
    level,
    sentence: overviewSentence(said),
    tooltip: overviewTooltip(said),
    endpoints: world.endpoints.length,
    nodes,
    certificates: certificatesOf(world),
    tasks: {
      live: world.tasks.filter((one) => ['queued', 'running', 'waiting'].includes(one.state)).length,
      waiting: world.tasks.filter((one) => one.state === 'waiting').length,
      failedLastDay,
    },
    approvalsPending,
    unreadNotifications: world.notifications.filter((one) => one.readAt === null).length,
    actionRequired:
      approvalsPending +
      world.notifications.filter(
        ({ readAt, approvalId, level }) =>
          readAt === null && approvalId === null && (level === 'attention' || level === 'danger'),
      ).length,
    worst: troubles.slice(0, 10).map(({ node, row, danger }) => ({
      nodeId: node.id,
      endpointId: node.endpointId,
      name: row.name,
      level: danger ? 'danger' : 'attention',
      sentence: troubleSentence(row, now),
      notAfter: row.not_after,
      managed: row.managed === 1,
      requestable: node.notInstallable === null,
      restartRequired: node.restartRequired === true,
    })),
  };
}

/** Those with something wrong, worst first, as the database tells them. */
function troublesOf(present: readonly EndpointNode[], now: number) {
  const rows = present.flatMap((node) => {
    if (node.certificate === null) return [];
    const { notAfter } = node.certificate;
    const managed = node.orderNumber !== null;
    const notServed = node.served.state !== 'same' && node.served.state !== 'unknown';
    const expiring = notAfter <= now + (managed ? 7 : 21) * day;
    const danger = (managed && notServed) || notAfter <= now;
    const row = {
      name: `${node.endpointName}/${node.name}`,
      served_state: node.served.state,
      served_sentence: node.served.sentence,
      not_served: Number(notServed),
      expiring: Number(expiring),
      danger: Number(danger),
      managed: Number(managed),
      not_after: notAfter,
    };
    return [{ node, row, danger, wrong: notServed || expiring }];
  });
  return rows
    .filter(({ wrong }) => wrong)
    .sort((a, b) => Number(b.danger) - Number(a.danger) || a.row.not_after - b.row.not_after);
}

function levelOf(troubles: ReadonlyArray<{ danger: boolean }>, waiting: number, nodes: number): HealthLevel {
  if (troubles[0]?.danger) return 'danger';
  if (troubles.length + waiting > 0) return 'attention';
  return nodes === 0 ? 'unknown' : 'ok';
}

function certificatesOf({ certificates, now }: World): Overview['certificates'] {
  const within = (days: number) =>
    certificates.filter((one) => one.notAfter > now && one.notAfter - now < days * day).length;
  return {
    total: certificates.length,
    expired: certificates.filter((one) => one.notAfter < now).length,
    within7Days: within(7),
    within30Days: within(30),
  };
}
