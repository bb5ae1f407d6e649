import { factsOfTask, type Task } from '#shared/model/task.ts';
import { aboutEndedChange } from '../notification-words.ts';
import { guardApproval } from '../steps/approval-guard.ts';
import { approveStep } from '../steps/approve.ts';
import { awaitCertificateStep } from '../steps/await-certificate.ts';
import { checkMaterialStep } from '../steps/check-material.ts';
import { finishStep } from '../steps/finish.ts';
import {
  gated,
  gateToFinish,
  gateToOrder,
  gateToRestart,
  gateToRestore,
  wakeGroup,
  wakingGroup,
} from '../steps/group.ts';
import { guarded } from '../steps/guarded.ts';
import { installStep } from '../steps/install.ts';
import { makeKeyStep } from '../steps/make-key.ts';
import { placeOrderStep } from '../steps/place-order.ts';
import { planStep } from '../steps/plan.ts';
import { proveStep } from '../steps/prove.ts';
import { restartStep } from '../steps/restart.ts';
import { proveRestoreStep, restoreStep } from '../steps/restore.ts';
import { issuedSeals } from '../steps/seal-issued.ts';
import { policySeal } from '../steps/seal-policy.ts';
import { requestSeal, sealedKeyName } from '../steps/seal-request.ts';
import { snapshotSeal } from '../steps/seal-snapshot.ts';
import { forgetYes } from '../steps/seal-yes.ts';
import { certifyInput } from '../steps/shapes.ts';
import { snapshotStep } from '../steps/snapshot.ts';
import type { Step } from '../steps/step.ts';
import { guardUndo } from '../steps/undo-guard.ts';
import { isSuccess } from '../tasks/step-rows.ts';
import type { EndTools, KindOfTask } from '../tasks/task-kind.ts';
import { afterFailedRenewal } from './failed-renewal.ts';
import { settleIssued } from './issued.ts';
import { clearLeft, isCleared, leftBy } from './left.ts';

/** Requests or renews a certificate for a node and installs it. */
export const certifyKind: KindOfTask = {
  kind: 'certify',
  input: certifyInput,
  forward: guardedBehindYes([
    planStep,
    wakingGroup(approveStep),
    gated(makeKeyStep, gateToOrder),
    placeOrderStep,
    awaitCertificateStep,
    checkMaterialStep,
    snapshotStep,
    installStep,
    gated(restartStep, gateToRestart),
    wakingGroup(proveStep),
    gated(finishStep, gateToFinish),
  ]),
  undo: [gated(restoreStep, gateToRestore), proveRestoreStep].map((step) => guarded(step, guardUndo)),
  lease: { second: 'refused', onlyReads: false },
  title: factsOfTask({ kind: 'certify' }).title,
  isRoutine: () => false,
  notification: aboutEndedChange,
  ended(row, tools) {
    wakeGroup(tools.database, row, tools.clock.now());
    settleIssued(row, tools); // while the seals of the task are there
    const approval = tools.database.approvals.ofTask(row.task.id);
    if (approval !== null) forgetYes(tools.database, approval);
    requestSeal.forget(tools.database, row.task.id);
    policySeal.forget(tools.database, row.task.id);
    snapshotSeal.forget(tools.database, row.task.id);
    for (const seal of issuedSeals) seal.forget(tools.database, row.task.id);
    if (isCleared(row.task)) tools.database.secrets.remove(row.task.id, sealedKeyName);
    if (isSuccess(row.task)) return;
    abandonOrder(row.task, tools);
    afterFailedRenewal(row, tools);
  },
  touches: ({ subject, finishedAt }) => [
    { topic: 'orders', id: null },
    ...(finishedAt === null
      ? []
      : ([
          { topic: 'nodes', id: subject.id },
          { topic: 'certificates', id: null },
        ] as const)),
  ],
  leaves: (row, database) => leftBy(row, { database }),
  clearLeft,
};

/** Behind the yes nothing runs without it. */
function guardedBehindYes(steps: readonly Step[]): Step[] {
  const yes = steps.findIndex(({ name }) => name === approveStep.name);
  return steps.map((step, at) => (at <= yes ? step : guarded(step, guardApproval)));
}

/** Nobody will ask for it any more: it must not look alive, nor hold its authority. */
function abandonOrder(task: Task, { database, clock }: EndTools): void {
  const order = database.orders.ofTask(task.id);
  if (order === null || order.state === 'collected' || order.state === 'refused') return;
  database.orders.update({
    ...order,
    state: 'abandoned',
    refusedBecause: task.failure,
    updatedAt: clock.now(),
  });
}
