import type { Approval } from '#shared/model/approval.ts';
import type { Database } from '../../database/database.ts';
import { Secret } from '../../secrets/secret.ts';

const name = 'yes';

/**
 * Seals which plan a yes was given to, so that nobody who can only write to the database file can say it in a person's
 * place. In the caller's transaction. Throws `keychain.*` while the master key is not at hand.
 */
export function sealYes({ secrets }: Database, approval: Approval): void {
  secrets.put(approval.id, name, Secret.of(yesOf(approval)));
}

/** Throws `keychain.*` while the master key is not at hand, and `secret.damaged`. */
export function isSealedYes({ secrets }: Database, approval: Approval): boolean {
  return sealedYes(secrets, approval) !== null;
}

/** Whether the yes was sealed by a version that seals the key and CSR of its task, too. Throws as `isSealedYes`. */
export function sealsRequest({ secrets }: Database, approval: Approval): boolean {
  const sealed = sealedYes(secrets, approval);
  return sealed === yesOf(approval) || sealed === yesWithRequest(approval);
}

/** Whether it was sealed by a version that seals what its task keeps to undo the change, too. Throws as `isSealedYes`. */
export function sealsSnapshot({ secrets }: Database, approval: Approval): boolean {
  return sealedYes(secrets, approval) === yesOf(approval);
}

export function forgetYes({ secrets }: Database, approval: Approval): void {
  secrets.remove(approval.id, name);
}

function sealedYes(secrets: Database['secrets'], approval: Approval): string | null {
  const sealed = secrets.open(approval.id, name)?.text();
  const counting = [yesOf(approval), yesWithRequest(approval), olderYesOf(approval)];
  return counting.find((one) => one === sealed) ?? null;
}

/** As it was sealed before the key and CSR of a task were. */
const olderYesOf = ({ taskId, plan }: Approval): string => `${taskId} ${plan.fingerprint}`;
/** As it was sealed before snapshots were. */
const yesWithRequest = (approval: Approval): string => `${olderYesOf(approval)} with-request`;
const yesOf = (approval: Approval): string => `${yesWithRequest(approval)} with-snapshot`;
