import type { Approval } from '#shared/model/approval.ts';
import type { Database } from '../../database/database.ts';
import { Secret } from '../../secrets/secret.ts';

const name = 'yes';

/** What the task of a yes seals besides, in the order in which versions began to: each seals what those before it did. */
const sealedBesides = ['request', 'snapshot', 'certificate'] as const;

/**
 * Seals which plan a yes was given to, so that nobody who can only write to the database file can say it in a person's
 * place. In the caller's transaction. Throws `keychain.*` while the master key is not at hand.
 */
export function sealYes({ secrets }: Database, approval: Approval): void {
  secrets.put(approval.id, name, Secret.of(yesUpTo(approval, sealedBesides.length)));
}

/** Throws `keychain.*` while the master key is not at hand, and `secret.damaged`. */
export function isSealedYes({ secrets }: Database, approval: Approval): boolean {
  return sealedUpTo(secrets, approval) !== null;
}

/**
 * Whether the yes was sealed by a version whose tasks seal that, too: the key and CSR; what is kept to undo the change; the
 * order, the certificate and what is installed of it. Throws as `isSealedYes`.
 */
export function seals(
  { secrets }: Database,
  approval: Approval,
  what: (typeof sealedBesides)[number],
): boolean {
  return (sealedUpTo(secrets, approval) ?? 0) > sealedBesides.indexOf(what);
}

export function forgetYes({ secrets }: Database, approval: Approval): void {
  secrets.remove(approval.id, name);
}

/** Null: nothing is sealed that counts for this plan of this task. */
function sealedUpTo(secrets: Database['secrets'], approval: Approval): number | null {
  const sealed = secrets.open(approval.id, name)?.text();
  const counts = [...sealedBesides.keys(), sealedBesides.length];
  return counts.find((count) => yesUpTo(approval, count) === sealed) ?? null;
}

const yesUpTo = ({ taskId, plan }: Approval, count: number): string =>
  [`${taskId} ${plan.fingerprint}`, ...sealedBesides.slice(0, count).map((what) => `with-${what}`)].join(' ');
