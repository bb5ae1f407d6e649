import type { Notification } from './notification.ts';

// What agent and desktop both go by: without the schema of a notification, which the start of the desktop need not wait for.

/** Quiet enough to be told with others. */
export function isGoodNews({ kind, level }: Pick<Notification, 'kind' | 'level'>): boolean {
  return kind === 'succeeded' && level === 'success';
}
