import { Failure } from '#shared/failure.ts';
import type { ServedFact } from '#shared/model/node.ts';
import { restoreRetries } from '../tasks/retry.ts';
import { compareAround, comparedSentence, sameChain } from './neighbours.ts';
import { proveAll } from './prove.ts';
import { servesAlready } from './restart.ts';
import { restoreOutput, snapshotOutput } from './shapes.ts';
import type { Step, StepContext, TlsAnswer } from './step.ts';
import { tagOf } from './tag.ts';
import { keyAlgorithmOf } from './verify.ts';

/** Puts the files back, byte for byte, and has the server take them. Never gives up quickly. */
export const restoreStep: Step = {
  name: 'restore',
  ifInterrupted: 'repeat',
  retries: restoreRetries,
  async run(context) {
    const { snapshot } = context.output('snapshot', snapshotOutput);
    const { endpoint } = await context.tools.openConnection();
    const report = await endpoint.restore(snapshot);
    if (!report.exact)
      throw new Failure('restore.not-exact', `Not everything could be restored: ${report.sentence}`);
    const { restarts } = endpoint.powers;
    const reloaded =
      restarts === null
        ? servesAlready
        : await restarts.restart().then(() => 'The server reloaded.', reloadRefused);
    return {
      kind: 'done',
      output: { exact: true, sentence: report.sentence },
      sentence: `${report.sentence} ${reloaded}`,
    };
  },
};

/** A server that says no to the reload may serve the previous certificate all the same: the proof decides. */
function reloadRefused(error: unknown): string {
  if (error instanceof Failure && error.retry !== 'needs-person' && error.retry !== 'never') throw error;
  return `The server refused the reload: ${error instanceof Error ? error.message : String(error)}`;
}

/** Every address must show what it showed before; where nothing answered before, nothing needs to answer. */
export const proveRestoreStep: Step = {
  name: 'prove-restore',
  ifInterrupted: 'repeat',
  retries: [],
  async run(context) {
    const { baseline, snapshot, around } = context.output('snapshot', snapshotOutput);
    context.output('restore', restoreOutput);
    const shown = baseline.filter((row) => row.leaf !== null);
    const wrong = await proveAll(
      context,
      shown,
      keyAlgorithmOf(keyTypeBefore(context, snapshot.previousFingerprint)),
      (answer, proof) => {
        const before = shown.find(
          (row) =>
            row.address === proof.address && row.port === proof.port && row.serverName === proof.serverName,
        );
        return showsBefore(answer, before?.leaf ?? null, before?.chain);
      },
    );
    if (wrong !== null)
      throw new Failure(
        'restore.not-served',
        `The previous files are back, but ${wrong.proof.address} port ${wrong.proof.port} does not serve the previous certificate: ${wrong.sentence}.`,
        {
          hint: 'Check the server now. The previous files are in place.',
        },
      );
    const compared = await compareAround(context, around, null);
    const { disturbed } = compared;
    if (disturbed !== null)
      throw new Failure(
        'restore.not-served',
        `The previous files are back, but ${disturbed.place} ${disturbed.sentence}.`,
        { hint: 'Check the server now. The previous files are in place.' },
      );
    await clearUp(context);
    const { database, clock } = context.tools;
    const sentence =
      shown.length > 0
        ? `Proved: the previous certificate is served again (${shown.length} handshake${shown.length === 1 ? '' : 's'}).${comparedSentence(around, compared)}`
        : 'The previous files are back. Nothing was served here before, so there is nothing to prove.';
    const leaf = shown[0]?.leaf ?? null;
    const managed = leaf !== null && leaf === snapshot.previousFingerprint;
    const served: ServedFact = {
      state: managed ? 'same' : leaf === null ? 'unknown' : 'other',
      fingerprint: leaf,
      sentence,
      at: clock.now(),
    };
    const nodeId = context.node().id;
    // a warning, so that the task does not claim a proof that there was none of
    const kind = shown.length > 0 ? ('done' as const) : ('done-with-warning' as const);
    return { kind, output: {}, sentence, store: () => database.nodes.setServed(nodeId, served) };
  },
};

/** Not what the node's row says: a discovery may have read the new certificate before it was put back. */
function keyTypeBefore({ tools, node }: StepContext, previousFingerprint: string | null): string | undefined {
  const previous = previousFingerprint === null ? null : tools.database.certificates.get(previousFingerprint);
  return (previous ?? node().certificate)?.keyType;
}

function showsBefore(
  answer: TlsAnswer,
  leaf: string | null,
  chain: readonly string[] | undefined,
): string | null {
  if (answer.kind === 'no-answer') return answer.sentence;
  if (answer.leafFingerprint !== leaf)
    return `it shows another certificate (${answer.leafFingerprint.slice(0, 16)}…)`;
  return chain === undefined || sameChain(chain, answer.chainFingerprints)
    ? null
    : 'it shows the previous certificate with another chain than before';
}

async function clearUp(context: StepContext): Promise<void> {
  try {
    const { snapshot } = context.output('snapshot', snapshotOutput);
    const { endpoint } = await context.tools.openConnection();
    await endpoint.discard(snapshot, tagOf(context.task));
  } catch (error) {
    context.tools.log.warn('clearing up after a restore failed', { error, task: context.task.id });
  }
}
