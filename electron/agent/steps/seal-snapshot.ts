import type { Database } from '../../database/database.ts';
import { Secret } from '../../secrets/secret.ts';
import { canonicalJson } from '../plans/canonical.ts';
import type { Kept } from './shapes.ts';

const name = 'snapshot';

/**
 * Seals what a task kept and what was served before it changed anything, so that nobody who can only write to the database
 * file can have something else restored, removed or started. Throws `keychain.*` while the master key is not at hand.
 */
export function sealSnapshot({ secrets }: Database, taskId: string, kept: Kept): void {
  secrets.put(taskId, name, Secret.of(canonicalJson(kept)));
}

/** Throws `keychain.*` while the master key is not at hand, and `secret.damaged`. */
export function isSealedSnapshot({ secrets }: Database, taskId: string, kept: Kept): boolean {
  return secrets.open(taskId, name)?.text() === canonicalJson(kept);
}

export function forgetSnapshot({ secrets }: Database, taskId: string): void {
  secrets.remove(taskId, name);
}
