import type { Database } from '../../database/database.ts';
import { Secret } from '../../secrets/secret.ts';
import { canonicalJson } from '../plans/canonical.ts';

/**
 * Seals one value per task, so that nobody who can only write to the database file can put another in its place. A value
 * is told by the canonical JSON of what `told` takes of it. In the caller's transaction; the last value put counts.
 */
interface TaskSeal<T> {
  /** Throws `keychain.*` while the master key is not at hand. */
  put(database: Database, taskId: string, value: T): void;
  /** Throws `keychain.*` while the master key is not at hand, and `secret.damaged`. */
  isOf(database: Database, taskId: string, value: T): boolean;
  /** Whether there is one, of whichever value. Asks for no key. */
  has(database: Database, taskId: string): boolean;
  forget(database: Database, taskId: string): void;
}

/** The seal of that name: one name for each kind of value. */
export function taskSeal<T>(name: string, told: (value: T) => unknown): TaskSeal<T> {
  const text = (value: T): string => canonicalJson(told(value));
  return {
    put: ({ secrets }, taskId, value) => secrets.put(taskId, name, Secret.of(text(value))),
    isOf: ({ secrets }, taskId, value) => secrets.open(taskId, name)?.text() === text(value),
    has: ({ secrets }, taskId) => secrets.has(taskId, name),
    forget: ({ secrets }, taskId) => secrets.remove(taskId, name),
  };
}
