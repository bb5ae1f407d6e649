import { earlierKeyPairPlace } from '#shared/model/key-pair-place.ts';
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
  const sealed = secrets.open(taskId, name)?.text();
  return sealed === canonicalJson(made) || sealed === earlierRequestOf(made);
}

/** As it was sealed when the place of a key pair had its earlier word. */
const earlierRequestOf = (made: MadeKey): string =>
  canonicalJson({ ...made, where: earlierKeyPairPlace(made.where) });

export function forgetRequest({ secrets }: Database, taskId: string): void {
  secrets.remove(taskId, name);
}
