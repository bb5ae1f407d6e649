import { judgedBy, type Mutation } from '../mutation.ts';

const guard = 'electron/agent/steps/approval-guard.ts';
const undo = 'electron/agent/steps/undo-guard.ts';
const here = 'electron/agent/steps/sealed-here.ts';
const other = 'electron/providers/endpoints/common/other-snapshot.ts';

/** What the way back of a task is bound to, and what counts while the keychain is locked. */
export const undoMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/security/undo-fields.test.ts', 'test/security/approval-fields.test.ts'],
    [
      {
        breaks: 'the way back needs no approval',
        file: 'electron/agent/certificates/certify-kind.ts',
        find: '.map((step) => guarded(step, guardUndo))',
        put: '',
      },
      {
        breaks: 'what is put back is not compared with what was sealed',
        file: undo,
        find: "    mustBeKeptAsSealed(context, approval, context.output('snapshot', snapshotOutput));\n",
        put: '',
      },
      {
        breaks: 'without a sealed snapshot any is taken',
        file: guard,
        find: '  throw otherSnapshot(approval.plan);',
        put: '',
      },
      {
        breaks: 'a yes of the present version passes for one that seals no snapshot',
        file: guard,
        find: "!seals(database, approval, 'snapshot')",
        put: "seals(database, approval, 'snapshot')",
      },
      {
        breaks: 'a change begins with another snapshot than was sealed',
        file: guard,
        find: "  mustBeKeptAsSealed(context, approval, context.output('snapshot', snapshotOutput));\n",
        put: '',
      },
      {
        breaks: 'the way back is given up while the keychain is locked',
        file: undo,
        find: "failure.about === 'keychain' || ",
        put: '',
      },
      {
        breaks: 'a locked keychain counts as a seal that was never seen',
        file: here,
        find: 'const known = memory.changing ? seen.get(what) : undefined;',
        put: 'const known = memory.changing ? (seen.get(what) ?? true) : undefined;',
      },
      {
        breaks: 'a seal that was seen counts for other content',
        file: here,
        find: 'const known = memory.changing ? seen.get(what) : undefined;',
        put: 'const known = memory.changing ? [...seen.values()].at(-1) : undefined;',
      },
      {
        breaks: 'a keychain that is locked meanwhile leaves the endpoint half changed',
        file: here,
        find: "known !== undefined && asFailure(error).about === 'keychain'",
        put: 'false as boolean',
      },
      {
        breaks: 'a seal that was damaged meanwhile still counts',
        file: here,
        find: "known !== undefined && asFailure(error).about === 'keychain'",
        put: 'known !== undefined',
      },
      {
        breaks: 'a step that was refused before it began counts as a change',
        file: 'electron/agent/tasks/runner.ts',
        find: 'refused ? { ...running, memory: row.memory } : running',
        put: 'refused ? running : running',
      },
    ],
  ),
  ...judgedBy(
    ['test/conformance/endpoint-installs.test.ts'],
    [
      {
        breaks: 'a file that the plan does not change is restored',
        file: other,
        find: 'isDeepStrictEqual(filesIn(snapshot.kept), filesOf(of.plan, tag)) &&',
        put: 'filesIn(snapshot.kept).length >= filesOf(of.plan, tag).length &&',
      },
      {
        breaks: 'a directory that the plan does not make is removed',
        file: other,
        find: "one.kind === 'file' || makesDirectory(of.plan, one)",
        put: "one.kind === 'file' || one.kind === 'directory'",
      },
      {
        breaks: 'any program is started',
        file: other,
        find: 'isOneOf(of.starts, snapshot.startAgain)',
        put: 'of.starts.length >= 0',
      },
      {
        breaks: 'what was cleared up on the endpoint is undone all the same',
        file: 'electron/providers/endpoints/common/file-endpoint.ts',
        find: '    if (!(await isNoted(this.connection, keepDir, tag))) refuseGone(this.connection);\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/steps/restore.machine.test.ts'],
    [
      {
        breaks: 'what is put back is not compared with the plan',
        file: 'electron/agent/steps/restore.ts',
        find: '    await mustBeKept(context, endpoint);\n',
        put: '',
      },
      {
        breaks: 'a restore is refused for what was in the files, which no address had loaded',
        file: 'electron/agent/steps/restore.ts',
        find: 'if (!notLoaded || ',
        put: 'if (notLoaded || ',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/steps/install.test.ts'],
    [
      {
        breaks: 'a change begins without what undoes it',
        file: 'electron/agent/steps/install.ts',
        find: "    if (failure !== null) return { kind: 'failed', failure, untouched: true };\n",
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/endpoints/common/file-endpoint.machine.test.ts'],
    [
      {
        breaks: 'a disk that is gone for a moment ends a restore',
        file: 'electron/providers/endpoints/common/file-endpoint.ts',
        find: "    await refuseAway(this.connection, changesOf(plan.changes, 'file'));\n",
        put: '',
      },
      {
        breaks: 'a server is started by a command that the plan does not know',
        file: 'electron/providers/endpoints/common/file-endpoint.ts',
        find: 'seen !== undefined && isOneOf(this.startCommands(plan), seen)',
        put: 'seen !== undefined',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/steps/snapshot.test.ts'],
    [
      {
        breaks: 'what was kept is sealed without a comparison with the plan',
        file: 'electron/agent/steps/snapshot.ts',
        find: '    await endpoint.checkSnapshot(plan.install, snapshot, tag);\n',
        put: '',
      },
    ],
  ),
];
