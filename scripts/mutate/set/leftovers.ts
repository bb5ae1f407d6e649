import { judgedBy, type Mutation } from '../mutation.ts';

const leftovers = 'electron/agent/tasks/leftovers.ts';
const queue = 'electron/agent/tasks/queue.ts';

/** What tasks left behind: when it is tried again, by whose word, and what is told of it. */
export const leftoverMutations: readonly Mutation[] = judgedBy(
  ['test/unit/agent/leftovers.test.ts'],
  [
    {
      breaks: 'what an ended task left is removed by a row that no one sealed',
      file: leftovers,
      find: 'if (!leftoverSeal.isOf(database, row.task.id, left)) return notOurs(row);',
      put: '',
    },
    {
      breaks: 'what cannot be removed is tried for ever',
      file: leftovers,
      find: 'left !== null && because !== null && !tooLong',
      put: 'left !== null && because !== null',
    },
    {
      breaks: 'clearing up gets between a change and its proof',
      file: queue,
      find: "if (live.some((row) => isHalfway(row) && groundOf(row.task.subject) === ground)) return 'busy';",
      put: '',
    },
    {
      breaks: 'clearing up works beside a task',
      file: queue,
      find: "if (this.#stopped || this.#leases.has(ground)) return 'busy';",
      put: "if (this.#stopped) return 'busy';",
    },
    {
      breaks: 'what could not be removed is tried over and over',
      file: 'electron/agent/steps/leave.ts',
      find: 'nextAt: now + waitAfter(attempts)',
      put: 'nextAt: now',
    },
  ],
);
