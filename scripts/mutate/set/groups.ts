import { judgedBy, type Mutation } from '../mutation.ts';

const group = 'electron/agent/steps/group.ts';
const before = 'electron/agent/steps/issued-before.ts';

/** One certificate for several nodes, and one that was issued and not installed. */
export const groupMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/integration/certify/several.test.ts'],
    [
      {
        breaks: 'a certificate for several nodes is ordered before all of them are approved',
        file: group,
        find: 'if (approved < size)',
        put: 'if (approved < 1)',
      },
      {
        breaks: 'the other nodes do not wait for the proof at the first',
        file: group,
        find: "first === undefined || 'prove' in first.memory.outputs",
        put: "first === undefined || 'await-certificate' in first.memory.outputs",
      },
      {
        breaks: 'a node is done before the certificate is proved on the others',
        file: group,
        find: 'if (proved === size) return null;',
        put: 'if (proved > 0) return null;',
      },
      {
        breaks: 'what was changed first on an endpoint is put back first',
        file: group,
        find: 'if (later === undefined) return null;',
        put: 'if (later !== null) return null;',
      },
      {
        breaks: 'a node keeps the certificate that another one could not get',
        file: group,
        find: "if (lost !== null) return { kind: 'failed', failure: givenUp(lost) };",
        put: '',
      },
      {
        breaks: 'tasks of one group keep each other from their endpoint',
        file: 'electron/agent/tasks/queue.ts',
        find: 'group.id !== groupOf(row)?.id',
        put: 'group.id !== row.task.id',
      },
    ],
  ),
  ...judgedBy(
    ['test/integration/certify/issued-again.test.ts'],
    [
      {
        breaks: 'a certificate that was issued for other terms is installed',
        file: before,
        find: 'wanted.authorityIds.includes(order.authorityId) && same ===',
        put: 'wanted.authorityIds.includes(order.authorityId) || same ===',
      },
      {
        breaks: 'a certificate is used whose key on the endpoint is another by now',
        file: before,
        find: "if (made.where === 'endpoint') await mustBeThere(plan, made, keys);",
        put: '',
      },
      {
        breaks: 'what was kept of a certificate is kept when it was used',
        file: before,
        find: 'forgetIssued(database, order.id);\n    },',
        put: '},',
      },
    ],
  ),
];
