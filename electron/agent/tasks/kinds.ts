import type { StepName, TaskKind, TaskStep } from '#shared/model/task.ts';
import { certifySteps, certifyUndoSteps } from '../plans/certify.ts';
import { approveStep } from '../steps/approve.ts';
import { mustBeApproved } from '../steps/approved.ts';
import { awaitCertificateStep } from '../steps/await-certificate.ts';
import { checkMaterialStep } from '../steps/check-material.ts';
import { discoverStep, restartOnlyStep } from '../steps/discover.ts';
import { finishStep } from '../steps/finish.ts';
import { installStep } from '../steps/install.ts';
import { makeKeyStep } from '../steps/make-key.ts';
import { placeOrderStep } from '../steps/place-order.ts';
import { planStep } from '../steps/plan.ts';
import { proveStep } from '../steps/prove.ts';
import { restartStep } from '../steps/restart.ts';
import { proveRestoreStep, restoreStep } from '../steps/restore.ts';
import { snapshotStep } from '../steps/snapshot.ts';
import type { Step } from '../steps/step.ts';

const allCertifySteps: readonly Step[] = [
  planStep,
  approveStep,
  makeKeyStep,
  placeOrderStep,
  awaitCertificateStep,
  checkMaterialStep,
  snapshotStep,
  installStep,
  restartStep,
  proveStep,
  finishStep,
  restoreStep,
  proveRestoreStep,
];

export interface KindSteps {
  forward: readonly Step[];
  undo: readonly Step[];
}

/** Which steps a kind of task is made of. */
export const kinds: Record<TaskKind, KindSteps> = {
  certify: { forward: guarded(pick(certifySteps)), undo: pick(certifyUndoSteps) },
  discover: { forward: [discoverStep], undo: [] },
  restart: { forward: [restartOnlyStep], undo: [] },
};

/** Behind the yes nothing runs without it: each step looks again, so that no change in between slips through. */
function guarded(steps: readonly Step[]): Step[] {
  const yes = steps.indexOf(approveStep);
  return steps.map((step, at) =>
    at <= yes
      ? step
      : {
          ...step,
          async run(context) {
            mustBeApproved(context);
            return step.run(context);
          },
        },
  );
}

function pick(names: readonly StepName[]): Step[] {
  return names.map((name) => {
    const step = allCertifySteps.find((candidate) => candidate.name === name);
    if (step === undefined) throw new Error(`no step is called ${name}`);
    return step;
  });
}

/** A step nobody has begun. */
export function freshStep(name: StepName): TaskStep {
  return {
    name,
    state: 'to-do',
    attempt: 0,
    startedAt: null,
    finishedAt: null,
    sentence: null,
    failure: null,
  };
}
