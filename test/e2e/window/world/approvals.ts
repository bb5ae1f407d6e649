import type { Approval } from '#shared/model/approval.ts';
import type { Task } from '#shared/model/task.ts';
import { comment, people } from './said-by-others.ts';
import { fakeHash, minute, type World } from './world.ts';

/** What was asked of a person for a task, and what was answered. */
export function addApproval(world: World, task: Task, state: Approval['state']): void {
  const plan = world.plans.get(task.id);
  if (plan === undefined) return;
  const decided = state !== 'pending';
  world.approvals.push({
    id: `apr_${fakeHash(task.id).slice(0, 12)}`,
    taskId: task.id,
    plan,
    state,
    decidedBy: decided ? (state === 'rejected' ? people.colleague : people.admin) : null,
    decidedOrigin: decided ? 'gui' : null,
    decidedAt: decided ? task.createdAt + 4 * minute : null,
    comment: state === 'rejected' ? comment : null,
    createdAt: task.createdAt,
  });
}
