import { judgedBy, type Mutation } from '../mutation.ts';

const queue = 'electron/agent/tasks/queue.ts';

/** Which task is driven when, and on which endpoint. */
export const queueMutations: readonly Mutation[] = judgedBy(
  ['test/unit/agent/queue.test.ts', 'test/unit/agent/queue-leases.test.ts'],
  [
    {
      breaks: 'two tasks work on one endpoint',
      file: queue,
      find: 'this.#leases.size < atOnce && !this.#leases.has(groundOf(row.task.subject))',
      put: 'this.#leases.size < atOnce',
    },
    {
      breaks: 'all tasks that are due run at the same time',
      file: queue,
      find: 'this.#leases.size < atOnce && ',
      put: '',
    },
    {
      breaks: 'a task changes an endpoint that another one left halfway',
      file: queue,
      find: 'if (isBarred && !isHalfway(row)',
      put: 'if (false && !isHalfway(row)',
    },
    {
      breaks: 'the task that left an endpoint halfway never comes to its proof',
      file: queue,
      find: 'isBarred && !isHalfway(row) &&',
      put: 'isBarred &&',
    },
    {
      breaks: 'what only reads has to wait for a change on its endpoint',
      file: queue,
      find: ' && !this.#kinds.of(row.task).lease.onlyReads) continue;',
      put: ') continue;',
    },
    {
      breaks: 'what waits is begun before its time',
      file: queue,
      find: 'if (due > now) next',
      put: 'if (due > now + longestNapMs) next',
    },
    {
      breaks: 'what waits is begun up to a minute late',
      file: queue,
      find: 'if (due > now) next = Math.min(next, due);',
      put: 'if (due > now) next = Math.max(next, now);',
    },
    {
      breaks: 'what waits for a person is asked over and over',
      file: queue,
      find: 'if (wait === undefined) return null;',
      put: 'if (wait === undefined) return 0;',
    },
    {
      breaks: 'a task waits for as long as the clock was set back',
      file: queue,
      find: 'Math.min(wait.wakeAt, now + wait.over - this.#clock.monotonic())',
      put: 'wait.wakeAt',
    },
    {
      breaks: 'a task that a kill cut off is never taken up',
      file: queue,
      find: "inStates(['queued', 'waiting', 'running'])",
      put: "inStates(['queued', 'waiting'])",
    },
    {
      breaks: 'the next task waits a minute after the one before has ended',
      file: queue,
      find: '        this.#leases.delete(groundOf(row.task.subject));\n        this.pump();\n',
      put: '        this.#leases.delete(groundOf(row.task.subject));\n',
    },
    {
      breaks: 'an endpoint stays taken after its task has ended',
      file: queue,
      find: '        this.#leases.delete(groundOf(row.task.subject));\n',
      put: '',
    },
    {
      breaks: 'a full disk has a task driven over and over',
      file: queue,
      find: '    this.#brokenOff.set(taskId, this.#clock.now() + longestNapMs);\n',
      put: '',
    },
    {
      breaks: 'a task is begun while the agent stops',
      file: queue,
      find: '    if (this.#stopped) return;\n',
      put: '',
    },
    {
      breaks: 'a step that does not end keeps the agent from stopping',
      file: queue,
      find: "    for (const lease of leases) lease.abort.abort(new Error('the agent is stopping'));\n",
      put: '',
    },
    {
      breaks: 'a stop cuts off steps that would have ended in a moment',
      file: queue,
      find: 'await this.#atMost(graceMs, ended);',
      put: '',
    },
    {
      breaks: 'what runs is not told that the agent stops',
      file: queue,
      find: '() => this.#stopped)',
      put: '() => false)',
    },
    {
      breaks: 'a task whose step runs can be cancelled beneath it',
      file: queue,
      find: '.some((lease) => lease.taskId === taskId)',
      put: '.every((lease) => lease.taskId === taskId && false)',
    },
  ],
);
