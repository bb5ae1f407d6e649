import { judgedBy, type Mutation } from '../mutation.ts';

const prove = 'electron/agent/steps/prove.ts';
const restore = 'electron/agent/steps/restore.ts';

/** What counts as proved: that the new certificate is served, and that the previous one is again. */
export const proofMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/steps/prove.test.ts'],
    [
      {
        breaks: 'an installation that no address can prove counts as proved',
        file: prove,
        find: '    if (plan.install.proofs.length === 0)\n      return unproved(context, await readBack(context, certificate.fingerprint));\n',
        put: '',
      },
      {
        breaks: 'any certificate proves the new one',
        file: prove,
        find: 'if (answer.leafFingerprint !== chain[0])',
        put: "if (answer.leafFingerprint === '')",
      },
      {
        breaks: 'a chain without its intermediate proves the new one',
        file: prove,
        find: 'return showsWhole(chain, answer) ? null',
        put: 'return showsWhole([], answer) ? null',
      },
      {
        breaks: 'an address that does not answer proves the new one',
        file: prove,
        find: "if (answer.kind === 'no-answer') return answer.sentence;",
        put: "if (answer.kind === 'no-answer') return null;",
      },
      {
        breaks: 'a second look does not wait for workers of before',
        file: prove,
        find: 'if (!settled) await clock.sleep(confirmAfterMs, signal);',
        put: '',
      },
      {
        breaks: 'only the first address has to show the new one',
        file: prove,
        find: 'return seen.find((wrong) => wrong !== null) ?? null;',
        put: 'return seen[0] ?? null;',
      },
      {
        breaks: 'one good round is enough while old workers still answer',
        file: prove,
        find: '      wrong = await round();\n      if (wrong === null) return null;',
        put: '      if (wrong === null) return null;',
      },
      {
        breaks: 'a server that reloads slowly is taken for one that does not serve it',
        file: prove,
        find: 'if (clock.monotonic() > end) return wrong;',
        put: 'if (clock.monotonic() > 0) return wrong;',
      },
      {
        breaks: 'of two certificates of a server any may be shown',
        file: prove,
        find: '...(keyAlgorithm ? { keyAlgorithm } : {}),',
        put: '',
      },
      {
        breaks: 'the hint blames a proxy for the certificate of before',
        file: prove,
        find: 'row.leaf === wrong.answer.leafFingerprint',
        put: 'row.leaf !== wrong.answer.leafFingerprint',
      },
      {
        breaks: 'what was proved is not kept for the node',
        file: prove,
        find: 'store: () => database.nodes.setServed(plan.nodeId, served),',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/steps/restore.machine.test.ts'],
    [
      {
        breaks: 'a restore that left something different counts as done',
        file: restore,
        find: 'if (!report.exact)',
        put: 'if (report === null)',
      },
      {
        breaks: 'the server is not told to load what was restored',
        file: restore,
        find: "await restarts.restart().then((one) => withSaid('The server reloaded.', one), reloadRefused);",
        put: "'The server reloaded.';",
      },
      {
        breaks: 'a refused reload ends the way back before its proof',
        file: restore,
        find: "withSaid('The server reloaded.', one), reloadRefused);",
        put: "withSaid('The server reloaded.', one));",
      },
      {
        breaks: 'a connection that was lost before the reload counts as a refusal',
        file: restore,
        find: " && error.retry !== 'needs-person' && error.retry !== 'never') throw error;",
        put: " && error.retry === 'never') throw error;",
      },
      {
        breaks: 'a restore that was never done is proved',
        file: restore,
        find: "    context.output('restore', restoreOutput);\n",
        put: '',
      },
      {
        breaks: 'any certificate proves a restore',
        file: restore,
        find: 'if (answer.leafFingerprint !== leaf)',
        put: 'if (answer.leafFingerprint === null)',
      },
      {
        breaks: 'an address that no longer answers proves a restore',
        file: restore,
        find: "if (answer.kind === 'no-answer') return answer.sentence;",
        put: "if (answer.kind === 'no-answer') return null;",
      },
      {
        breaks: 'each address must show what the first one did',
        file: restore,
        find: 'one.address === other.address && one.port === other.port && one.serverName === other.serverName',
        put: 'one.address === other.address && one.serverName === other.serverName',
      },
      {
        breaks: 'an address that answered nothing before must show something',
        file: restore,
        find: 'baseline.filter((row) => row.leaf !== null)',
        put: 'baseline.filter((row) => row.address !== null)',
      },
      {
        breaks: 'a restore is proved where nothing was asked',
        file: restore,
        find: "shown.length > 0 ? ('done' as const) : ('done-with-warning' as const)",
        put: "shown.length >= 0 ? ('done' as const) : ('done-with-warning' as const)",
      },
      {
        breaks: 'the kept copies are removed although the restore is not proved',
        file: restore,
        find: "    if (wrong !== null)\n      throw new Failure(\n        'restore.not-served',",
        put: "    const noteLeft = await clearUp(context);\n    noteLeft();\n    if (wrong !== null)\n      throw new Failure(\n        'restore.not-served',",
      },
      {
        breaks: 'the kept copies stay on the endpoint for ever',
        file: restore,
        find: '    const noteLeft = await clearUp(context);\n',
        put: '    const noteLeft = () => {};\n',
      },
      {
        breaks: 'the certificate of before is asked for by the kind of the new key',
        file: restore,
        find: 'keyAlgorithmOf(keyTypeBefore(context, previousFingerprint))',
        put: "keyAlgorithmOf('rsa-2048')",
      },
      {
        breaks: 'the certificate of before is asked for by the kind of what a discovery met meanwhile',
        file: restore,
        find: '(previous ?? node().certificate)?.keyType',
        put: '(node().certificate ?? previous)?.keyType',
      },
    ],
  ),
];
