import type { Database } from '../../database/database.ts';
import { Secret } from '../../secrets/secret.ts';
import { canonicalJson } from '../plans/canonical.ts';
import type { MadeKey } from './shapes.ts';

const name = 'request';

/**
 * Seals which key and CSR a task made, so that nobody who can only write to the database file can have a certificate
 * issued for another key. In the caller's transaction. Throws `keychain.*` while the master key is not at hand.
 */
export function sealRequest({ secrets }: Database, taskId: string, made: MadeKey): void {
  secrets.put(taskId, name, Secret.of(canonicalJson(made)));
}

/** Throws `keychain.*` while the master key is not at hand, and `secret.damaged`. */
export function isSealedRequest({ secrets }: Database, taskId: string, made: MadeKey): boolean {
  return secrets.open(taskId, name)?.text() === canonicalJson(made);
}

export function forgetRequest({ secrets }: Database, taskId: string): void {
  secrets.remove(taskId, name);
}
