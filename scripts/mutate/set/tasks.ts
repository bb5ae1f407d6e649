import { judgedBy, type Mutation } from '../mutation.ts';

const runner = 'electron/agent/tasks/runner.ts';
const cancel = 'electron/agent/cancel.ts';
const recovery = 'electron/agent/tasks/recovery.ts';

/** What becomes of a step that fails or is cut off, and of what a start finds. */
export const taskMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/recovery-backup.machine.test.ts'],
    [
      {
        breaks:
          'what was in progress in a backup of an earlier version continues once the agent puts it in place',
        file: 'electron/database/put-backup.ts',
        find: '    mark(open(fresh, { readonly: false }), backup.at);\n',
        put: '',
      },
      {
        breaks: 'what was in progress in a backup continues once a person copies it into place',
        file: 'electron/database/backup.ts',
        find: '    markCopy(driver, fresh, now);\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/runner.test.ts'],
    [
      {
        breaks: 'a step that the stop of the agent cut off counts as failed',
        file: runner,
        find: 'if (tools.signal.aborted) return null;',
        put: '',
      },
      {
        breaks: 'a task begins another step while the agent stops',
        file: runner,
        find: '(halfway || !draining())',
        put: 'true',
      },
      {
        breaks: 'a locked keychain ends the task',
        file: runner,
        find: "if (failure.about === 'keychain') {",
        put: "if (failure.code === 'internal') {",
      },
      {
        breaks: 'the next try uses the connection that was lost',
        file: runner,
        find: '      if (isAboutConnection(failure)) await tools.dropConnection();\n',
        put: '',
      },
      {
        breaks: 'a connection stays open when its task ends',
        file: runner,
        find: '      await end();\n',
        put: '',
      },
      {
        breaks: 'attempts are not counted, so that a step is tried for ever',
        file: runner,
        find: 'stepOf(row.task.steps, step.name).attempt + 1;',
        put: 'stepOf(row.task.steps, step.name).attempt * 0 + 1;',
      },
      {
        breaks: 'a failure before any change restores what was never kept',
        file: runner,
        find: '!row.memory.changing || back',
        put: 'back',
      },
      {
        breaks: 'a failure after a change leaves the endpoint half changed',
        file: runner,
        find: '!row.memory.changing || back',
        put: 'row.memory.changing || back',
      },
      {
        breaks: 'a way back that fails is begun again for ever',
        file: runner,
        find: '!row.memory.changing || back',
        put: '!row.memory.changing',
      },
      {
        breaks: 'a failed task leaves its key on the endpoint',
        file: runner,
        find: 'await this.#parts.clearUp({ ...row, task: { ...row.task, ...task } }, tools);',
        put: '() => {};',
      },
      {
        breaks: 'what belongs to the end of a step is not stored with it',
        file: runner,
        find: '      also?.();\n',
        put: '',
      },
      {
        breaks: 'a step is stored as done although what belongs to it cannot be',
        file: runner,
        find: '      also?.();\n      this.#parts.database.tasks.update(next);\n',
        put: '      this.#parts.database.tasks.update(next);\n      try {\n        also?.();\n      } catch {}\n',
      },
      {
        breaks: 'a task ends without audit row and notification',
        file: runner,
        find: '      if (ends) this.#parts.ended(next);\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/recovery.machine.test.ts'],
    [
      {
        breaks: 'a restart of a server that was cut off is carried out again at the next start',
        file: recovery,
        find: "if (step?.ifInterrupted !== 'stop')",
        put: "if (step?.ifInterrupted !== 'repeat')",
      },
      {
        breaks: 'every task that was cut off ends at the next start',
        file: recovery,
        find: "if (step?.ifInterrupted !== 'stop')",
        put: 'if (step === undefined)',
      },
      {
        breaks: 'approvals out of a backup are carried out',
        file: recovery,
        find: '  for (const row of database.tasks.inStates(liveTaskStates)) {',
        put: "  for (const row of database.tasks.inStates(['queued'])) {",
      },
      {
        breaks: 'every start after a restored backup ends what is in progress',
        file: recovery,
        find: '  database.meta.remove(restoredNote);\n',
        put: '',
      },
      {
        breaks: 'a plan out of a backup can still be approved',
        file: recovery,
        find: "if (approval?.state === 'pending') database.approvals.update({ ...approval, state: 'superseded' });",
        put: '',
      },
      {
        breaks: 'a change that a backup caught halfway counts as never begun',
        file: recovery,
        find: "state: changing ? 'failed' : 'cancelled',",
        put: "state: changing ? 'cancelled' : 'cancelled',",
      },
      {
        breaks: 'no one is told to check the endpoint that a backup caught halfway',
        file: recovery,
        find: "changing ? 'It was changing the endpoint: check what is served there.' : 'Start the task again.'",
        put: "changing ? 'Start the task again.' : 'Start the task again.'",
      },
      {
        breaks: 'the audit says nothing of tasks that a restored backup ends',
        file: recovery,
        find: '    ends.fromOutside({ ...row, task });\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/cancel.test.ts', 'test/unit/agent/recovery.machine.test.ts'],
    [
      {
        breaks: 'a task is cancelled between its change and its proof',
        file: cancel,
        find: 'if (row.memory.changing)',
        put: "if (row.memory.changing && row.task.state === 'running')",
      },
      {
        breaks: 'a task is cancelled beneath a step that runs',
        file: cancel,
        find: "if (row.task.state === 'running' || busy)",
        put: "if (row.task.state === 'running')",
      },
      {
        breaks: 'the plan of a cancelled task can still be approved',
        file: cancel,
        find: "if (approval?.state === 'pending') database.approvals.update({ ...approval, state: 'superseded' });",
        put: '',
      },
      {
        breaks: 'a cancelled task shows a step that waits for ever',
        file: cancel,
        find: '    steps: endedSteps(row.task.steps, failure, now),\n',
        put: '',
      },
      {
        breaks: 'a task that a restored backup ended shows a step in progress',
        file: recovery,
        find: '    steps: endedSteps(task.steps, failure, now),\n',
        put: '',
      },
      {
        breaks: 'the steps that never ran look as if they were to come',
        file: 'electron/agent/tasks/step-rows.ts',
        find: "return { ...one, state: 'skipped' };",
        put: 'return one;',
      },
    ],
  ),
];
