import { asFailure, Failure } from '#shared/failure.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import type { ServedFact } from '#shared/model/node.ts';
import type { PlannedProof } from '#shared/model/plan.ts';
import type { Endpoint } from '../../providers/endpoints/endpoint.ts';
import { restoreRetries } from '../tasks/retry.ts';
import { spoken } from './install.ts';
import { mayBeUsedAgain } from './issued-before.ts';
import { leaveKept } from './leave.ts';
import { compareAround, comparedSentence, sameChain } from './neighbours.ts';
import { proveAll } from './prove.ts';
import { servesAlready, withSaid } from './restart.ts';
import { type Kept, makeKeyOutput, planOutput, restoreOutput, snapshotOutput } from './shapes.ts';
import type { Step, StepContext, TlsAnswer } from './step.ts';
import { tagOf } from './tag.ts';
import { mustBeKept } from './undo-guard.ts';
import { keyAlgorithmOf } from './verify.ts';

/** Puts the files back, byte for byte, and has the server take them, by the scripts that took the new ones. Never gives up quickly. */
export const restoreStep: Step = {
  name: 'restore',
  ifInterrupted: 'repeat',
  retries: restoreRetries,
  async run(context) {
    const { snapshot } = context.output('snapshot', snapshotOutput);
    const { endpoint } = await context.tools.openConnection();
    await mustBeKept(context, endpoint);
    const report = await endpoint.restore(snapshot).catch(patiently);
    if (!report.exact)
      throw new Failure('restore.not-exact', `Not everything could be restored: ${report.sentence}`);
    const taken = await takenAgain(context, endpoint);
    const { restarts } = endpoint.powers;
    const reloaded =
      restarts === null
        ? servesAlready
        : (await isStillServed(context))
          ? 'The server was not restarted: it had not loaded what was installed.'
          : await restarts.restart().then((one) => withSaid('The server reloaded.', one), reloadRefused);
    return {
      kind: 'done',
      output: { exact: true, sentence: report.sentence },
      sentence: `${report.sentence}${taken} ${reloaded}`,
    };
  },
};

/**
 * What an install script made of the new certificate (another format, another place) is what the server would load again. It ran only
 * if the install began; of what is new there is nothing for it to take. Its failure is told: the proof decides.
 */
async function takenAgain(context: StepContext, endpoint: Endpoint): Promise<string> {
  const { plan } = context.output('plan', planOutput);
  const wasThere = changesOf(plan.install.changes, 'file').some(({ before }) => before !== null);
  const entryIsNew = changesOf(plan.install.changes, 'key-store-entry').some(({ before }) => before === null);
  if (!wasThere || entryIsNew) return '';
  const ran = (await endpoint.powers.runsScripts?.runInstallScript(plan.install)) ?? null;
  if (ran === null) return '';
  return ` The install script ran again and ended with code ${ran.code}${spoken(ran.said)}.`;
}

/** Where a person asks for the restart and has not yet, and what was served still is: then no one is to be interrupted for this. */
async function isStillServed(context: StepContext): Promise<boolean> {
  const { plan } = context.output('plan', planOutput);
  if (plan.restarts !== 'separately' || context.memory.input.restartAsked === true) return false;
  const { baseline, snapshot } = context.output('snapshot', snapshotOutput);
  const keyAlgorithm = keyAlgorithmOf(keyTypeBefore(context, snapshot.previousFingerprint));
  const kind = keyAlgorithm === undefined ? {} : { keyAlgorithm };
  const shown = baseline.filter(({ leaf }) => leaf !== null);
  const still = shown.map(async ({ address, port, serverName, leaf }) =>
    shows(await context.tools.probeTls({ address, port, serverName, timeoutMs: 5000, ...kind }), leaf),
  );
  return (await Promise.all(still)).every((one) => one);
}

/** Between two states, what a person has to fix (a full disk, a right that is missing) is no reason to give up. */
function patiently(thrown: unknown): never {
  const failure = asFailure(thrown);
  throw failure.retry === 'needs-person' ? failure.saying(failure.message, { retry: 'later' }) : failure;
}

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
    const { previousFingerprint } = snapshot;
    const loaded = new Set<Shown>();
    const notLoaded = shown.every(({ leaf }) => leaf !== previousFingerprint);
    const wrong = await proveAll(
      context,
      shown,
      keyAlgorithmOf(keyTypeBefore(context, previousFingerprint)),
      (answer, proof) => {
        const before = shown.find((row) => isSamePlace(row, proof));
        if (before === undefined) return 'it was not asked before';
        // someone else had replaced the files before this task and not loaded them: the reload after a restore does
        if (!notLoaded || !shows(answer, previousFingerprint)) return showsBefore(answer, before);
        loaded.add(before);
        return null;
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
    const noteLeft = await clearUp(context);
    const { database, clock } = context.tools;
    const sentence =
      shown.length > 0
        ? `Proved: ${servedAgain(loaded.size > 0)} (${shown.length} handshake${shown.length === 1 ? '' : 's'}).${comparedSentence(around, compared)}`
        : 'The previous files are back. Nothing was served here before, so there is nothing to prove.';
    const [first] = shown;
    const leaf = first === undefined ? null : loaded.has(first) ? previousFingerprint : first.leaf;
    const managed = leaf !== null && leaf === previousFingerprint;
    const served: ServedFact = {
      state: managed ? 'same' : leaf === null ? 'unknown' : 'other',
      fingerprint: leaf,
      sentence,
      at: clock.now(),
    };
    const nodeId = context.node().id;
    // a warning, so that the task does not claim a proof that there was none of
    const kind = shown.length > 0 ? ('done' as const) : ('done-with-warning' as const);
    const store = (): void => {
      database.nodes.setServed(nodeId, served);
      noteLeft();
    };
    return { kind, output: {}, sentence, store };
  },
};

/** Not what the node's row says: a discovery may have read the new certificate before it was put back. */
function keyTypeBefore({ tools, node }: StepContext, previousFingerprint: string | null): string | undefined {
  const previous = previousFingerprint === null ? null : tools.database.certificates.get(previousFingerprint);
  return (previous ?? node().certificate)?.keyType;
}

type Shown = Kept['baseline'][number];

const isSamePlace = (one: PlannedProof, other: PlannedProof): boolean =>
  one.address === other.address && one.port === other.port && one.serverName === other.serverName;

const shows = (answer: TlsAnswer, leaf: string | null): boolean =>
  answer.kind === 'certificate' && answer.leafFingerprint === leaf;

const servedAgain = (loaded: boolean): string =>
  loaded
    ? 'the certificate in the restored files is served. It was already there before this task, but the server had not loaded it and served an earlier one'
    : 'the previous certificate is served again';

function showsBefore(answer: TlsAnswer, { leaf, chain }: Shown): string | null {
  if (answer.kind === 'no-answer') return answer.sentence;
  if (answer.leafFingerprint !== leaf)
    return `it shows another certificate (${answer.leafFingerprint.slice(0, 16)}…)`;
  return chain === undefined || sameChain(chain, answer.chainFingerprints)
    ? null
    : 'it shows the previous certificate with another chain than before';
}

/** Gives what to store of what could not be removed. */
async function clearUp(context: StepContext): Promise<() => void> {
  const { snapshot } = context.output('snapshot', snapshotOutput);
  const { path: keyPath } = context.output('make-key', makeKeyOutput);
  try {
    const { endpoint } = await context.tools.openConnection();
    const spare = mayBeUsedAgain(context.memory) ? 'spare the key' : undefined;
    await endpoint.discard(snapshot, tagOf(context.task), keyPath, spare);
    return () => {};
  } catch (error) {
    context.tools.log.warn('clearing up after a restore failed', { error, task: context.task.id });
    return () => leaveKept(context, { snapshot, keyPath }, asFailure(error).message);
  }
}
