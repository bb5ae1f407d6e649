/**
 * What does not keep the rules of shape.test.ts, with the reason. The lists are exact: an entry that is no longer true fails
 * too. They only shrink: put right what is new, and do not add it.
 */
export const known = {
  /** Their tool calls them by name. */
  exports: [
    'build/after-pack.ts afterPack is taken by nobody',
    'test/e2e/page-setup.ts setup is taken by nobody',
    'test/e2e/stand-in-agent.ts compose is taken by nobody',
  ],
  /** Below the clock: a program's own patience, and that of the first question at the socket. */
  clocks: ['electron/kit/exec.ts', 'electron/transport/client.ts'],
  longFunctions: [
    // data: the statements that make all tables, in their order
    'electron/database/migrations/0001-first.ts first',
    // data: a sentence and a hint for each trouble with a file
    'electron/providers/connections/common/file-failures.ts fileFailure',
    // data: a sentence and a hint for each meaning of a refusal
    'electron/providers/credential-stores/cyberark/refusals.ts failureFor',
  ],
  longFiles: [],
};
