import { judgedBy, type Mutation } from '../mutation.ts';

const decide = 'electron/agent/decide.ts';
const seal = 'electron/agent/steps/seal-yes.ts';
const who = 'electron/agent/policies/approval.ts';

/** Who may give an approval, to what, and how it is sealed. */
export const decisionMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/security/approval-guard.test.ts', 'test/security/approval-fields.test.ts'],
    [
      {
        breaks: 'any fingerprint is accepted with the approval',
        file: decide,
        find: 'seen !== undefined && !approval.plan.fingerprint.startsWith(seen)',
        put: 'seen === null',
      },
      {
        breaks: 'a plan can be decided twice',
        file: decide,
        find: "approval.state !== 'pending'",
        put: "approval.state === 'superseded'",
      },
      {
        breaks: 'a rejection is sealed as an approval',
        file: decide,
        find: 'if (decision.yes) sealYes(database, decided);',
        put: 'sealYes(database, decided);',
      },
      {
        breaks: 'an approval is not sealed',
        file: decide,
        find: 'if (decision.yes) sealYes(database, decided);',
        put: '',
      },
      {
        breaks: 'a rejection counts as an approval',
        file: decide,
        find: "decision.yes ? 'approved' : 'rejected'",
        put: "'approved'",
      },
      {
        breaks: 'the seal is for any plan of the task',
        file: seal,
        find: '`${taskId} ${plan.fingerprint}`',
        put: '`${taskId} ${plan.fingerprint.length}`',
      },
      {
        breaks: 'the seal of one task counts for another',
        file: seal,
        find: '`${taskId} ${plan.fingerprint}`',
        put: '`${taskId.length} ${plan.fingerprint}`',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/callers.test.ts'],
    [
      {
        breaks: 'every plan is approved automatically',
        file: who,
        find: 'if (!endpoint.policy.autoApprove) return',
        put: 'if (endpoint.name === "") return',
      },
      {
        breaks: 'what a server asked for is approved automatically',
        file: who,
        find: 'if (!covered.includes(origin))',
        put: 'if (endpoint.name === "")',
      },
      {
        breaks: 'a plan that takes something from a neighbour is approved automatically',
        file: who,
        find: 'plan.install.shares !== null && plan.install.shares.length > 0',
        put: 'plan.install.shares === undefined',
      },
      {
        breaks: 'a plan that takes files over from another program is approved automatically',
        file: who,
        find: 'if (others.size > 0)',
        put: 'if (others.size > 99)',
      },
    ],
  ),
];
