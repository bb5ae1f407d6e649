import type { Notification } from './notification.ts';

// What agent and desktop both go by: without the schema of a notification, which the start of the desktop need not wait for.

/** Quiet enough to be told with others. */
export function isGoodNews({ kind, level }: Pick<Notification, 'kind' | 'level'>): boolean {
  return kind === 'succeeded' && level === 'success';
}

/** Of what says that renewals are not checked, whoever finds that out: the agent, or the desktop that watches it. */
export const silenceTitle = 'Action required: renewals are not checked';
