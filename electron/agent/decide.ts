import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Database } from '../database/database.ts';
import type { Caller } from './caller.ts';
import { sealYes } from './steps/seal-yes.ts';

export interface Decision {
  database: Database;
  clock: Clock;
  /** Approval id or task id. */
  approvalId: string;
  yes: boolean;
  seenFingerprint: string | undefined;
  comment: string | undefined;
  caller: Caller;
}

/** A person's yes or no, stored, and the task woken, in one transaction. A yes is for the plan the person saw. */
export function decide(decision: Decision): Approval {
  const { database, clock, caller } = decision;
  return database.transaction(() => {
    const approval =
      database.approvals.get(decision.approvalId) ?? database.approvals.ofTask(decision.approvalId);
    if (approval === null)
      throw new Failure('approval.not-found', `There is no approval ${decision.approvalId}.`, {
        hint: 'List approvals with: trustkeep approvals list',
      });
    if (approval.state !== 'pending')
      throw new Failure('approval.decided', `This plan is already ${approval.state}.`);
    const seen = decision.seenFingerprint;
    if (seen !== undefined && !approval.plan.fingerprint.startsWith(seen))
      throw new Failure(
        'approval.other-plan',
        'The plan that is waiting for approval is not the one that was read.',
        {
          hint: 'Read the plan again, then decide.',
        },
      );
    const decided: Approval = {
      ...approval,
      state: decision.yes ? 'approved' : 'rejected',
      decidedBy: caller.actor ?? caller.origin,
      decidedOrigin: caller.origin,
      decidedAt: clock.now(),
      comment: decision.comment ?? null,
    };
    database.approvals.update(decided);
    database.notifications.markDecided(decided.id, clock.now());
    if (decision.yes) sealYes(database, decided);
    const row = database.tasks.get(approval.taskId);
    if (row !== null) database.tasks.update({ ...row, task: { ...row.task, wakeAt: clock.now() } });
    return decided;
  });
}
