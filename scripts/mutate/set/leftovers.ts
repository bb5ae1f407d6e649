import { judgedBy, type Mutation } from '../mutation.ts';

const leftovers = 'electron/agent/tasks/leftovers.ts';
const leave = 'electron/agent/steps/leave.ts';
const left = 'electron/agent/certificates/left.ts';
const queue = 'electron/agent/tasks/queue.ts';

/** What tasks left behind: when it is tried again, by whose word, and what is told of it. */
export const leftoverMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/leftovers.machine.test.ts'],
    [
      {
        breaks: 'what an ended task left is removed by a row that no one sealed',
        file: leftovers,
        find: 'ours = isOurs(database, left);',
        put: 'ours = true;',
      },
      {
        breaks: 'a row whose seal was destroyed counts as sealed',
        file: leave,
        find: "if (asFailure(error).code === 'secret.damaged') return false;",
        put: "if (asFailure(error).code === 'secret.damaged') return true;",
      },
      {
        breaks: 'what is left at one endpoint waits while a task works at another one',
        file: leftovers,
        find: 'nap = busyMs;',
        put: 'return busyMs;',
      },
      {
        breaks: 'what others left at an endpoint waits although something was removed there',
        file: leftovers,
        find: '    if (left === null && gaveUp === null) database.leftovers.hurry(before.endpointId, now);\n',
        put: '',
      },
      {
        breaks: 'without the master key it is tried each minute',
        file: leftovers,
        find: 'postpone({ database, now: clock.now(), task: row.task, because: locked.message }, left),',
        put: '{},',
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
        file: leave,
        find: 'nextAt: now + waitAfter(attempts)',
        put: 'nextAt: now',
      },
      {
        breaks: 'what was removed in part is tried again as a whole',
        file: leave,
        find: 'leftoverSeal.put(database, task.id, left);',
        put: 'leftoverSeal.put(database, task.id, before);',
      },
      {
        breaks: 'an attempt that the end of the agent cut off counts as one that failed',
        file: leftovers,
        find: '    if (signal.aborted) return; // the next start tries again\n',
        put: '',
      },
      {
        breaks: 'the audit does not say that it is gone at last',
        file: leftovers,
        find: 'else if (gaveUp === null && before.attempts > 0)',
        put: 'else if (gaveUp === null && before.attempts < 0)',
      },
      {
        breaks: 'the audit does not say that it was given up',
        file: leftovers,
        find: '    if (left !== null)\n      say(',
        put: '    if (left === undefined)\n      say(',
      },
      {
        breaks: 'the audit does not say what will never be removed',
        file: leftovers,
        find: '    if (gaveUp !== null) say(',
        put: '    if (gaveUp === undefined) say(',
      },
      {
        breaks: 'an endpoint is asked without a pause',
        file: leftovers,
        find: '      if (nextAt > clock.now()) return Math.min(nap, nextAt - clock.now());\n',
        put: '',
      },
      {
        breaks: 'the seal stays when everything is removed',
        file: leftovers,
        find: '  leftoverSeal.forget(database, taskId);\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/steps/leave.test.ts'],
    [
      {
        breaks: 'a second note of a task forgets the first',
        file: leave,
        find: 'left.proofs ?? before?.proofs ?? null',
        put: 'left.proofs',
      },
      {
        breaks: 'a second note seals what others put in the place of the first',
        file: leave,
        find: 'const before = ours ? stored : null;',
        put: 'const before = stored;',
      },
      {
        breaks: 'the seal is that of the last note alone',
        file: leave,
        find: 'leftoverSeal.put(database, task.id, both);',
        put: 'leftoverSeal.put(database, task.id, left);',
      },
      {
        breaks: 'nobody is told that something could not be noted',
        file: leave,
        find: '    notNoted(database, now, task);\n  }',
        put: '  }',
      },
      {
        breaks: 'the audit does not say that something is left',
        file: leave,
        find: 'if (because !== null && attempts === 1)',
        put: 'if (because !== null && attempts === 0)',
      },
      {
        breaks: 'after the last row of the table it is tried again without a pause',
        file: leave,
        find: '(clearUpRetries[attempts - 1] ?? clearUpRetries.at(-1))',
        put: 'clearUpRetries[attempts - 1]',
      },
      {
        breaks: 'each failed attempt begins the month again',
        file: leave,
        find: 'since: before?.since ?? now',
        put: 'since: now',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/left.machine.test.ts'],
    [
      {
        breaks: 'copies and key are removed although the restore failed',
        file: left,
        find: "restored !== 'failed' && restored !== 'unproved'",
        put: "restored !== 'unproved'",
      },
      {
        breaks: 'copies and key are removed although the restore is not proved',
        file: left,
        find: "restored !== 'failed' && restored !== 'unproved'",
        put: "restored !== 'failed'",
      },
      {
        breaks: 'an agent with a restored backup removes what the other one works with',
        file: left,
        find: '  if (isOfBackup(row.task)) return null;\n',
        put: '',
      },
      {
        breaks: 'a key that was being made when the task ended is forgotten',
        file: left,
        find: 'if (!(makeKeyStep.name in outputs) && !begun) return null;',
        put: 'if (!(makeKeyStep.name in outputs)) return null;',
      },
      {
        breaks: 'files and records are removed by settings that nobody approved',
        file: left,
        find: "      : 'not approved';",
        put: '      : authorityHash(context.tools.database.authorities.get(authorityId));',
      },
      {
        breaks: 'files and records are removed by settings that changed since they were put up',
        file: left,
        find: 'const approved = authorityHash(stored) === proofs.settings;',
        put: 'const approved = stored !== null;',
      },
      {
        breaks: 'what the authority has removed is tried again with the rest',
        file: left,
        find: 'rest: { ...proofs, handle }',
        put: 'rest: proofs',
      },
      {
        breaks: 'what an endpoint that is away still has is forgotten',
        file: left,
        find: 'return { rest: kept, because: asFailure(error).message, gaveUp: null };',
        put: 'return nothing;',
      },
      {
        breaks: 'nobody is told what stays at an endpoint that was removed',
        file: left,
        find: '  if (!isThere(task, tools))\n',
        put: '  if (tools === undefined)\n',
      },
    ],
  ),
];
