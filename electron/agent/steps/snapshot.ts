import { countsOfKept } from '#shared/model/changes/index.ts';
import type { PlannedProof } from '#shared/model/plan.ts';
import { quickRetries } from '../tasks/retry.ts';
import { lookAround } from './neighbours.ts';
import { ownChangesSince } from './own-changes.ts';
import { snapshotSeal } from './seal-snapshot.ts';
import { checkMaterialOutput, type Kept } from './shapes.ts';
import type { ProbeTls, Step } from './step.ts';
import { tagOf } from './tag.ts';
import { keyAlgorithmOf } from './verify.ts';

/** Keeps what is there, on disk and as served. A full disk or a missing right ends the task here, before any change. */
export const snapshotStep: Step = {
  name: 'snapshot',
  ifInterrupted: 'check',
  retries: quickRetries,
  async run(context) {
    const { plan } = context.output('check-material', checkMaterialOutput);
    const { endpoint } = await context.tools.openConnection();
    await endpoint.checkDrift(plan.install, ownChangesSince(context));
    const tag = tagOf(context.task);
    const [snapshot, baseline, around] = await Promise.all([
      endpoint.snapshot(plan.install, tag),
      probeAll(
        context.tools.probeTls,
        plan.install.proofs,
        keyAlgorithmOf(context.node().certificate?.keyType),
      ),
      lookAround(context.tools, plan.install, (paths) => endpoint.chainsOnDisk(paths)),
    ]);
    await endpoint.checkSnapshot(plan.install, snapshot, tag);
    const kept: Kept = { snapshot, baseline, ...(around === undefined ? {} : { around }) };
    // here, not with the step's end: without the master key nothing is sealed, and the step waits for it
    snapshotSeal.put(context.tools.database, context.task.id, kept);
    return {
      kind: 'done',
      output: kept,
      sentence: `The current state is kept (${countsOfKept(snapshot.kept)}), so that it can be restored.`,
    };
  },
};

/** What every address shows now; null where there is no TLS answer. */
async function probeAll(
  probeTls: ProbeTls,
  proofs: readonly PlannedProof[],
  keyAlgorithm: 'rsa' | 'ecdsa' | undefined,
) {
  return Promise.all(
    proofs.map(async (proof) => {
      const seen = await probeTls({ ...proof, timeoutMs: 5000, ...(keyAlgorithm ? { keyAlgorithm } : {}) });
      return seen.kind === 'certificate'
        ? { ...proof, leaf: seen.leafFingerprint, chain: seen.chainFingerprints }
        : { ...proof, leaf: null };
    }),
  );
}
