import { earlierKeyPairPlace } from '#shared/model/key-pair-place.ts';
import type { Database } from '../../database/database.ts';
import type { MadeKey } from './shapes.ts';
import { taskSeal } from './task-seal.ts';

/** Name under which a key made in the agent is sealed, with the task's id as owner. */
export const sealedKeyName = 'private-key';

/** `where` by any word that a version had for it. */
type Sealed = Omit<MadeKey, 'where'> & { where: string };

/**
 * Which key and CSR a task made, so that nobody who can only write to the database file can have a certificate issued for
 * another key.
 */
export const requestSeal = taskSeal('request', (made: Sealed) => made);

/** Also as it was sealed when the place of a key pair had its earlier word. Throws as `requestSeal.isOf`. */
export function isSealedRequest(database: Database, taskId: string, made: MadeKey): boolean {
  if (requestSeal.isOf(database, taskId, made)) return true;
  return requestSeal.isOf(database, taskId, { ...made, where: earlierKeyPairPlace(made.where) });
}
