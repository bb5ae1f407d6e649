import { judgedBy, type Mutation } from '../mutation.ts';

const transitions = 'electron/agent/tasks/transitions.ts';
const rows = 'electron/agent/tasks/step-rows.ts';
const hostKey = 'electron/providers/connections/ssh/host-key.ts';

/** The states of a task, and the identity of a host. */
export const stateMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/transitions.test.ts', 'test/unit/agent/task-kinds.test.ts'],
    [
      {
        breaks: 'a step that changes the endpoint does not say so',
        file: transitions,
        find: 'changing: memory.changing || step.changesEndpoint === true',
        put: 'changing: memory.changing',
      },
      {
        breaks: 'a later step forgets that the endpoint is being changed',
        file: transitions,
        find: 'changing: memory.changing || step.changesEndpoint === true',
        put: 'changing: step.changesEndpoint === true',
      },
      {
        breaks: 'a step that is tried again seems to begin anew',
        file: transitions,
        find: 'startedAt: old.startedAt ?? now',
        put: 'startedAt: now',
      },
      {
        breaks: 'a done step is run again',
        file: transitions,
        find: 'cursor: memory.cursor + 1',
        put: 'cursor: memory.cursor',
      },
      {
        breaks: 'a step is left out',
        file: transitions,
        find: 'cursor: memory.cursor + 1',
        put: 'cursor: memory.cursor + 2',
      },
      {
        breaks: 'the output of a step is lost',
        file: transitions,
        find: '[step.name]: output ?? {}',
        put: '[step.name]: {}',
      },
      {
        breaks: 'a task that waits is never woken',
        file: transitions,
        find: 'wakeAt: until,',
        put: 'wakeAt: null,',
      },
      {
        breaks: 'undoing begins at the step that failed',
        file: transitions,
        find: "direction: 'undoing', cursor: 0",
        put: "direction: 'undoing', cursor: memory.cursor",
      },
      {
        breaks: 'after a failure the way forward goes on',
        file: transitions,
        find: "direction: 'undoing', cursor: 0",
        put: "direction: 'forward', cursor: 0",
      },
      {
        breaks: 'the steps of undoing are not shown',
        file: transitions,
        find: '...kind.undo.map((one) => freshStep(one.name))',
        put: '...kind.undo.slice(2).map((one) => freshStep(one.name))',
      },
      {
        breaks: 'steps that never ran stay to do',
        file: transitions,
        find: "one.state === 'to-do' ? { ...one, state: 'skipped' } : one",
        put: 'one',
      },
      {
        breaks: 'the failure of undoing hides what went wrong first',
        file: transitions,
        find: 'back ? (task.failure ?? data) : data',
        put: 'data',
      },
      {
        breaks: 'a restore that failed counts as only unproved',
        file: transitions,
        find: "isProof(step, kind) ? 'unproved' : 'failed'",
        put: "'unproved'",
      },
      {
        breaks: 'a restore without its proof counts as failed',
        file: transitions,
        find: "isProof(step, kind) ? 'unproved' : 'failed'",
        put: "'failed'",
      },
      {
        breaks: 'a failure before any change asks for a restore',
        file: transitions,
        find: ": 'not-needed',",
        put: ": 'failed',",
      },
      {
        breaks: 'a task that was undone counts as succeeded',
        file: transitions,
        find: "undone ? 'failed' : warned",
        put: 'warned',
      },
      {
        breaks: 'a warning is lost at the end',
        file: transitions,
        find: "warned ? 'succeeded-with-warnings' : 'succeeded'",
        put: "'succeeded'",
      },
      {
        breaks: 'a restore counts as proved whatever its proof said',
        file: rows,
        find: "stepOf(steps, proof.name).state === 'done'",
        put: "stepOf(steps, proof.name).state !== 'failed'",
      },
      {
        breaks: 'the first step of undoing is taken for its proof',
        file: rows,
        find: 'return step === undo.at(-1);',
        put: 'return step === undo.at(0);',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/connections/ssh/host-key.test.ts', 'test/integration/ssh/host-key.test.ts'],
    [
      {
        breaks: 'any host key is accepted in the place of the pinned one',
        file: 'electron/providers/connections/ssh/client.ts',
        find: 'expected !== undefined && seen.fingerprint !== expected',
        put: 'expected === "" && seen.fingerprint !== expected',
      },
      {
        breaks: 'a key that was never proved is pinned',
        file: 'electron/providers/connections/ssh/client.ts',
        find: '    this.#seen = seen;\n    return true;',
        put: '    this.#seen = seen;\n    this.#tools.onIdentity?.(seen);\n    return true;',
      },
      {
        breaks: 'a pinned key is pinned again by whatever is seen',
        file: 'electron/providers/connections/ssh/client.ts',
        find: 'if (this.#settings.hostKey === null) this.#tools',
        put: 'if (this.#settings.hostKey !== "") this.#tools',
      },
      {
        breaks: 'signatures with SHA-1 are offered',
        file: hostKey,
        find: "'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],",
        put: "'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],",
      },
      {
        breaks: 'a type that was seen to be different is asked for again, for ever',
        file: hostKey,
        find: '.filter((type) => !different.includes(type))',
        put: '.filter((type) => type !== "")',
      },
      {
        breaks: 'a fingerprint is over another hash',
        file: hostKey,
        find: "createHash('sha256')",
        put: "createHash('sha512-256')",
      },
    ],
  ),
];
