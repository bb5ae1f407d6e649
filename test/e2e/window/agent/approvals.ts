import { people } from '../world/said-by-others.ts';
import { anotherPlan } from './failures.ts';
import { type FakeTools, need, os } from './procedures.ts';
import { newestFirst } from './tasks.ts';

interface Decision {
  approval: string;
  fingerprint?: string | undefined;
  comment?: string | undefined;
}

/** Plans, and what a person says to them. */
export function approvalRoutes({ world, changed, did }: FakeTools) {
  const find = (id: string) =>
    need(
      world.approvals,
      (one) => one.id === id || one.taskId === id,
      'approval',
      id,
      'trustkeep approvals list',
    );
  const decide = (input: Decision, state: 'approved' | 'rejected') => {
    did(`approvals.${state}`, input);
    const approval = find(input.approval);
    if (input.fingerprint !== approval.plan.fingerprint) throw anotherPlan();
    const decided = { state, decidedBy: people.admin, decidedOrigin: 'gui', decidedAt: Date.now() } as const;
    Object.assign(approval, { ...decided, comment: input.comment ?? null });
    changed('approvals', 'tasks');
    return approval;
  };
  return {
    approvals: {
      list: os.approvals.list.handler(({ input }) =>
        newestFirst(world.approvals).filter((one) => (input.states ?? ['pending']).includes(one.state)),
      ),
      show: os.approvals.show.handler(({ input }) => find(input.approval)),
      approve: os.approvals.approve.handler(({ input }) => decide(input, 'approved')),
      reject: os.approvals.reject.handler(({ input }) => decide(input, 'rejected')),
    },
  };
}
