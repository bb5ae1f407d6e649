import { judgedBy, type Mutation } from '../mutation.ts';

const awaiting = 'electron/agent/steps/await-certificate.ts';
const challenges = 'electron/providers/authorities/acme/challenges.ts';

/** Clearing up at the end of an order or a task: what is removed by which settings, and what is noted of the rest. */
export const cleanUpMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/steps/await-certificate.test.ts'],
    [
      {
        breaks: 'proofs of an order that was collected are forgotten when they could not be removed',
        file: awaiting,
        find: '      leaveProofs(context, now, left);\n',
        put: '',
      },
      {
        breaks: 'proofs of an order that was refused are forgotten when they could not be removed',
        file: awaiting,
        find: '      if (order !== null) leaveProofs(context, order, left);\n',
        put: '',
      },
      {
        breaks: 'what is left is removed by settings that came into the place of the approved ones',
        file: 'electron/agent/steps/leave.ts',
        find: 'if (authorityId === authority.id) return bound.authority;',
        put: '',
      },
      {
        breaks: 'a certificate whose proofs are still there looks like any other',
        file: awaiting,
        find: 'left.length > 0 || remarks.some(({ warning }) => warning)',
        put: 'remarks.some(({ warning }) => warning)',
      },
      {
        breaks: 'another chain than the preferred one looks like that',
        file: awaiting,
        find: 'left.length > 0 || remarks.some(({ warning }) => warning)',
        put: 'left.length > 0',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/steps/finish.test.ts', 'test/unit/agent/steps/restore.machine.test.ts'],
    [
      {
        breaks: 'copies that could not be removed after an install are forgotten',
        file: 'electron/agent/steps/finish.ts',
        find: "      if (!cleared) leaveKept(context, { snapshot, keyPath }, warnings.join(' '));\n",
        put: '',
      },
      {
        breaks: 'copies that could not be removed after a restore are forgotten',
        file: 'electron/agent/steps/restore.ts',
        find: 'return () => leaveKept(context, { snapshot, keyPath }, asFailure(error).message);',
        put: 'return () => {};',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/reached-again.test.ts'],
    [
      {
        breaks: 'what waits at an endpoint is not tried again when that is back',
        file: 'electron/agent/open-connection.ts',
        find: "  if (why === 'for work') database.leftovers.hurry(row.id, clock.now());\n",
        put: '',
      },
      {
        breaks: 'what two tasks left at an endpoint has each other tried without a pause',
        file: 'electron/agent/open-connection.ts',
        find: "if (why === 'for work') database",
        put: 'database',
      },
      {
        breaks: 'a connection to one endpoint hurries what waits at every other one',
        file: 'electron/agent/open-connection.ts',
        find: 'database.leftovers.hurry(row.id, clock.now());',
        put: 'database.leftovers.hurry(null, clock.now());',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/task-kinds.test.ts'],
    [
      {
        breaks: 'what is left is not tried again at the next start',
        file: 'electron/agent/tasks/desk.ts',
        find: '      this.#database.leftovers.hurry(null, now);\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/authorities/acme/clean-up.test.ts'],
    [
      {
        breaks: 'scripts are run and files removed by settings that nobody approved',
        file: challenges,
        find: "        if (what !== 'all' && !isListener(provision)) return [{ provision, because: notApproved() }];\n",
        put: '',
      },
      {
        breaks: 'what could not be removed counts as gone',
        file: challenges,
        find: '          return [{ provision, because: asFailure(error) }];',
        put: '          return [];',
      },
      {
        breaks: 'what could not be removed is no longer known to the order',
        file: 'electron/providers/authorities/acme/acme.ts',
        find: 'provisions: left.map(({ provision }) => provision)',
        put: 'provisions: []',
      },
    ],
  ),
];
