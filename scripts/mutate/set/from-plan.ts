import { judgedBy, type Mutation } from '../mutation.ts';

const webRoot = 'electron/agent/steps/web-root.ts';
const approve = 'electron/agent/steps/approve.ts';
const plan = 'electron/agent/steps/plan.ts';

/** What comes from the plan that was approved, and not from rows that may have changed since. */
export const fromPlanMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/security/approval-rows.test.ts'],
    [
      {
        breaks: 'challenge files are put where the row of the node says now',
        file: webRoot,
        find: 'return from.webRoot === undefined ? now : from.webRoot;',
        put: 'return now;',
      },
      {
        breaks: 'a plan of an earlier version has nowhere to put challenge files',
        file: webRoot,
        find: 'return from.webRoot === undefined ? now : from.webRoot;',
        put: 'return from.webRoot ?? null;',
      },
      {
        breaks: 'a plan that knows no place for challenge files takes that of the row',
        file: webRoot,
        find: 'return from.webRoot === undefined ? now : from.webRoot;',
        put: 'return from.webRoot ?? now;',
      },
    ],
  ),
  ...judgedBy(
    ['test/security/approval-policy.test.ts'],
    [
      {
        breaks: 'a policy that was switched on since approves a plan that a person was asked about',
        file: approve,
        find: "decision.by === 'person' || policySeal.isOf(tools.database, task.id, plan)",
        put: 'decision !== undefined',
      },
      {
        breaks: 'every plan is sealed as approved by policy',
        file: plan,
        find: "if (whoApproves(endpoint(), plan, task.origin).by === 'policy') policySeal.put",
        put: 'if (whoApproves(endpoint(), plan, task.origin).by !== null) policySeal.put',
      },
      {
        breaks: 'the seal of another plan counts for this one',
        file: 'electron/agent/steps/seal-policy.ts',
        find: '`${taskId} ${fingerprint} by policy`',
        put: '`${taskId} ${fingerprint.length} by policy`',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/recovery.machine.test.ts'],
    [
      {
        breaks: 'a task that a start ends is told to nobody',
        file: 'electron/agent/tasks/recovery.ts',
        find: '    if (!isLive(next.task)) ends.fromOutside(next);\n',
        put: '    void ends;\n',
      },
    ],
  ),
];
