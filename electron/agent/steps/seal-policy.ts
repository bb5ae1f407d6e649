import type { Plan } from '#shared/model/plan.ts';
import type { Database } from '../../database/database.ts';
import { Secret } from '../../secrets/secret.ts';

const name = 'policy';

/**
 * Seals that the policy approved a plan when it was made, so that a plan a person was asked about is never approved by a
 * policy that was switched on since. Throws `keychain.*` while the master key is not at hand.
 */
export function sealPolicy({ secrets }: Database, taskId: string, plan: Plan): void {
  secrets.put(taskId, name, Secret.of(policyOf(taskId, plan)));
}

/** Throws `keychain.*` while the master key is not at hand, and `secret.damaged`. */
export function isSealedPolicy({ secrets }: Database, taskId: string, plan: Plan): boolean {
  return secrets.open(taskId, name)?.text() === policyOf(taskId, plan);
}

export function forgetPolicy({ secrets }: Database, taskId: string): void {
  secrets.remove(taskId, name);
}

const policyOf = (taskId: string, { fingerprint }: Plan): string => `${taskId} ${fingerprint} by policy`;
