import type { Database } from '../database/database.ts';
import type { SecretUpdates, StoreSealing } from '../providers/credential-stores/credential-store.ts';

/** What an update forgets before it takes what is new: what is cleared, and what the login of another type used. */
export function forgottenSecrets(
  { fields }: StoreSealing,
  cleared: readonly string[],
  loginChanged: boolean,
): SecretUpdates {
  const forgotten = loginChanged ? Object.keys(fields) : cleared;
  const names = forgotten.flatMap((field) => [
    ...(fields[field]?.names ?? []),
    ...(fields[field]?.besides ?? []),
  ]);
  return new Map(names.map((name) => [name, null]));
}

/** Whether the secret of a field is sealed and stays so. */
export function isSealed(
  { fields }: StoreSealing,
  { secrets }: Database,
  id: string,
  field: string,
  updates: SecretUpdates,
): boolean {
  return (fields[field]?.names ?? []).some((name) => updates.get(name) !== null && secrets.has(id, name));
}
