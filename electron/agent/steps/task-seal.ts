import type { Database } from '../../database/database.ts';
import { Secret } from '../../secrets/secret.ts';
import { canonicalJson } from '../plans/canonical.ts';

/**
 * Seals one value per task, so that nobody who can only write to the database file can put another in its place. A value
 * is told by what `told` takes of it: text as it is, anything else as its canonical JSON. In the caller's transaction; the last value put counts.
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
export function taskSeal<T>(name: string, told: (value: T, taskId: string) => unknown): TaskSeal<T> {
  const text = (value: T, taskId: string): string => {
    const what = told(value, taskId);
    return typeof what === 'string' ? what : canonicalJson(what);
  };
  return {
    put: ({ secrets }, taskId, value) => secrets.put(taskId, name, Secret.of(text(value, taskId))),
    isOf: ({ secrets }, taskId, value) => secrets.open(taskId, name)?.text() === text(value, taskId),
    has: ({ secrets }, taskId) => secrets.has(taskId, name),
    forget: ({ secrets }, taskId) => secrets.remove(taskId, name),
  };
}
