import { judgedBy, type Mutation } from '../mutation.ts';

const file = 'electron/agent/steps/neighbours.ts';

/** What else a server serves: that it is compared, and with what. */
export const neighbourMutations: readonly Mutation[] = judgedBy(
  ['test/unit/agent/neighbours.test.ts'],
  [
    {
      breaks: 'of what else is served only the leaf is compared',
      file,
      find: "if (sameChain(before, chainFingerprints)) return 'right';",
      put: "if (before[0] === leafFingerprint) return 'right';",
    },
    {
      breaks: 'a longer chain than before counts as the same',
      file,
      find: 'return one.length === other.length && one.every(',
      put: 'return one.every(',
    },
    {
      breaks: 'what others left on disk counts as our change',
      file,
      find: "if (isOnDisk(neighbour.onDisk ?? [], chainFingerprints)) return 'loaded';",
      put: '',
    },
    {
      breaks: 'after a restore the new certificate is still expected of those that share it',
      file,
      find: "neighbour.expects === 'new-certificate' && newChain !== null",
      put: "neighbour.expects === 'new-certificate'",
    },
    {
      breaks: 'a name that no longer answers is no change',
      file,
      find: "  if (answer.kind === 'no-answer')\n    return {",
      put: "  if (answer.kind === 'no-answer') return 'right';\n  if (answer.kind === 'no-answer')\n    return {",
    },
    {
      breaks: 'a name that did not answer before must answer now',
      file,
      find: '(around?.neighbours ?? []).filter(({ chain }) => chain !== null)',
      put: 'around?.neighbours ?? []',
    },
    {
      breaks: 'a listener that is gone is no change',
      file,
      find: 'if (await tools.acceptsConnections({ ...listener, timeoutMs })) return;',
      put: 'return;',
    },
    {
      breaks: 'a listener that was down before must be up now',
      file,
      find: '(around?.listeners ?? []).filter(({ accepts }) => accepts)',
      put: 'around?.listeners ?? []',
    },
    {
      breaks: 'a draining worker is taken for a change',
      file,
      find: 'if (tools.clock.monotonic() > end) return {',
      put: 'return {',
    },
    {
      breaks: 'what could not be compared is not named',
      file,
      find: "...names(silent.size, 'did not answer before and could not be compared'),",
      put: '',
    },
    {
      breaks: 'of what others left on disk only the leaf is compared',
      file,
      find: '&& shown.every((fingerprint) => onDisk.includes(fingerprint))',
      put: '',
    },
    {
      breaks: 'what was loaded from disk counts as served as before',
      file,
      find: ' && !loaded.has(serverName)',
      put: '',
    },
  ],
);
