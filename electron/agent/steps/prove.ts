import { Failure } from '#shared/failure.ts';
import type { ServedFact } from '#shared/model/node.ts';
import type { PlannedProof } from '#shared/model/plan.ts';
import { certificateFingerprint } from '../../pki/fingerprint.ts';
import { certificatesOf } from '../../pki/pem.ts';
import { newCertificate } from './material.ts';
import { compareAround, comparedSentence, type Disturbed, showsWhole } from './neighbours.ts';
import { checkMaterialOutput, restartOutput, snapshotOutput } from './shapes.ts';
import type { Outcome, Step, StepContext, TlsAnswer } from './step.ts';
import { keyAlgorithmOf } from './verify.ts';

/** Waits between looks; the last one repeats. */
const waitsMs = [0, 10, 20, 40, 80, 150, 300, 500, 1000] as const;
/** Before one more round after the first success: a draining worker may still answer, where the endpoint has not shown that none does. */
const confirmAfterMs = 60;

export const proveStep: Step = {
  name: 'prove',
  ifInterrupted: 'repeat',
  retries: [],
  async run(context) {
    const { plan } = context.output('check-material', checkMaterialOutput);
    const certificate = newCertificate(context);
    if (plan.install.proofs.length === 0)
      return unproved(context, await readBack(context, certificate.fingerprint));
    const chain = certificatesOf(certificate.chainPem).map((pem) => certificateFingerprint(pem));
    const keyAlgorithm = keyAlgorithmOf(plan.keyType);
    const { settled } = context.output('restart', restartOutput);
    const judge = (answer: TlsAnswer) => showsNew(answer, chain);
    const wrong = await proveAll(context, plan.install.proofs, keyAlgorithm, judge, settled);
    if (wrong !== null) return notServed(context, wrong);
    const { around } = context.output('snapshot', snapshotOutput);
    const compared = await compareAround(context, around, chain);
    if (compared.disturbed !== null) return neighbourChanged(compared.disturbed);
    const { clock, database } = context.tools;
    const count = plan.install.proofs.length;
    const sentence = `Proved: ${count} handshake${count === 1 ? '' : 's'} showed the new key and the full chain.${comparedSentence(around, compared)}`;
    const served: ServedFact = {
      state: 'same',
      fingerprint: certificate.fingerprint,
      sentence,
      at: clock.now(),
    };
    return {
      kind: 'done',
      output: { proved: true },
      sentence,
      store: () => database.nodes.setServed(plan.nodeId, served),
    };
  },
};

/** What the endpoint itself says that it uses; null: it has no way to say so. */
async function readBack(context: StepContext, fingerprint: string): Promise<string | null> {
  const { plan } = context.output('check-material', checkMaterialOutput);
  const { endpoint } = await context.tools.openConnection();
  return (await endpoint.powers.readsBack?.readBack(plan.install, fingerprint)) ?? null;
}

function unproved(context: StepContext, readBack: string | null): Outcome {
  const { database, clock } = context.tools;
  const sentence =
    readBack ??
    'Installed and read back from disk. Not proved to be served, because the addresses that serve it are not known.';
  const served: ServedFact = { state: 'unknown', fingerprint: null, sentence, at: clock.now() };
  const nodeId = context.node().id;
  return {
    kind: 'done-with-warning',
    output: { proved: false },
    sentence,
    store: () => database.nodes.setServed(nodeId, served),
  };
}

interface Wrong {
  proof: PlannedProof;
  answer: TlsAnswer;
  sentence: string;
}

/** Looks at every address until all are right (null) or patience ends (the first that is wrong). */
export async function proveAll(
  context: StepContext,
  proofs: readonly PlannedProof[],
  keyAlgorithm: 'rsa' | 'ecdsa' | undefined,
  judge: (answer: TlsAnswer, proof: PlannedProof) => string | null,
  settled = false,
): Promise<Wrong | null> {
  const { clock, probeTls, signal } = context.tools;
  const round = async (): Promise<Wrong | null> => {
    const seen = await Promise.all(
      proofs.map(async (proof) => {
        const answer = await probeTls({
          ...proof,
          timeoutMs: 5000,
          ...(keyAlgorithm ? { keyAlgorithm } : {}),
        });
        const sentence = judge(answer, proof);
        return sentence === null ? null : { proof, answer, sentence: sentence.replace(/\.$/, '') };
      }),
    );
    return seen.find((wrong) => wrong !== null) ?? null;
  };
  const end = clock.monotonic() + context.tools.proofPatienceMs;
  for (let turn = 0; ; turn++) {
    await clock.sleep(waitsMs[Math.min(turn, waitsMs.length - 1)] ?? 1000, signal);
    let wrong = await round();
    if (wrong === null) {
      if (!settled) await clock.sleep(confirmAfterMs, signal);
      wrong = await round();
      if (wrong === null) return null;
    }
    if (clock.monotonic() > end) return wrong;
  }
}

/** Null when the look shows the expected leaf and every intermediate after it, in order. */
function showsNew(answer: TlsAnswer, chain: readonly string[]): string | null {
  if (answer.kind === 'no-answer') return answer.sentence;
  if (answer.leafFingerprint !== chain[0])
    return `it still shows another certificate (${answer.leafFingerprint.slice(0, 16)}…)`;
  return showsWhole(chain, answer) ? null : 'it shows the new certificate without its full chain';
}

function neighbourChanged({ place, sentence }: Disturbed): Outcome {
  return {
    kind: 'failed',
    failure: new Failure(
      'install.neighbour-changed',
      `The new certificate is served, but something else on this server changed, which the plan did not announce: ${place} ${sentence}.`,
      {
        hint: 'Check the configuration of the server for that name, and what else changes its certificate.',
      },
    ),
  };
}

function notServed(context: StepContext, wrong: Wrong): Outcome {
  const place = `${wrong.proof.address} port ${wrong.proof.port}${wrong.proof.serverName === null ? '' : ` (${wrong.proof.serverName})`}`;
  const before = context.output('snapshot', snapshotOutput).baseline;
  const previous =
    wrong.answer.kind === 'certificate' &&
    before.some((row) => wrong.answer.kind === 'certificate' && row.leaf === wrong.answer.leafFingerprint);
  return {
    kind: 'failed',
    failure: new Failure(
      'install.not-served',
      `The new certificate is not served at ${place}: ${wrong.sentence}.`,
      {
        hint: previous
          ? 'The server still serves the previous certificate. Check its error log to see why it did not load the new one.'
          : 'Check what listens at that address and which proxy or load balancer is in front of it.',
      },
    ),
  };
}
