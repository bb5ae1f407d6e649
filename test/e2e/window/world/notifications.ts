import type { Task } from '#shared/model/task.ts';
import {
  aboutApproval,
  aboutEndedChange,
  aboutReplaced,
  type Draft,
} from '../../../../electron/agent/notification-words.ts';
import { span } from '../../../../electron/agent/policies/renewal.ts';
import { day, hour, minute, type World } from './world.ts';

/** What the agent told of tasks, approvals and nodes, newest first: read when it is older than a day. */
export function addNotifications(world: World): void {
  const told: Array<[ago: number, draft: Draft | null]> = [
    ...world.approvals
      .filter((one) => one.state === 'pending')
      .map((one, index): [number, Draft] => [(11 + 27 * index) * minute, aboutApproval(one)]),
    [4 * hour, ended(world, 'failed')],
    [6 * hour, atRisk(world)],
    [28 * hour, ended(world, 'succeeded')],
    [2 * day, replaced(world)],
  ];
  for (const [ago, draft] of told) {
    if (draft === null) continue;
    world.notifications.push({
      taskId: null,
      approvalId: null,
      ...draft,
      id: `ntf_${world.notifications.length + 1}`,
      readAt: ago > day ? world.now - ago + hour : null,
      at: world.now - ago,
    });
  }
}

function ended({ tasks }: World, state: Task['state']): Draft | null {
  const task = tasks.find((one) => one.kind === 'certify' && one.state === state);
  return task === undefined ? null : aboutEndedChange(task);
}

function replaced({ nodes }: World): Draft | null {
  const node = nodes.find((one) => one.served.state === 'other');
  return node === undefined ? null : aboutReplaced(node);
}

/** Said out loud because little life is left. */
function atRisk({ approvals }: World): Draft | null {
  const waiting = approvals.find((one) => one.plan.reason === 'renewal');
  if (waiting === undefined) return null;
  return {
    kind: 'renewal-at-risk',
    level: 'danger',
    title: `${waiting.plan.nodeName} expires in ${span(4 * day)}`,
    sentence: '1 renewal attempt failed. Last: The renewal was cancelled.',
    approvalId: waiting.id,
  };
}
