import { asFailure } from '#shared/failure.ts';
import type { Leftover } from '#shared/model/leftover.ts';
import type { Order } from '#shared/model/order.ts';
import { idOf, placeOf, type Subject } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database } from '../../database/database.ts';
import type { NotCleared } from '../../providers/authorities/authority.ts';
import { authorityHash } from '../plans/binding.ts';
import { clearUpRetries } from '../tasks/retry.ts';
import type { StepContext } from './step.ts';
import { tagOf } from './tag.ts';
import { taskSeal } from './task-seal.ts';
import { plannedRoot } from './web-root.ts';

/** What of a leftover tells what is removed where. */
export type Left = Pick<Leftover, 'proofs' | 'kept'>;

/** Nothing else is removed or run for a task that has ended: its other seals are gone. */
export const leftoverSeal = taskSeal('leftover', ({ proofs, kept }: Left) => ({ proofs, kept }));

interface Leaves {
  database: Database;
  now: number;
  task: { id: string; subject: Subject };
  left: Left;
  /** Why it could not be removed; null: nobody tried yet. */
  because: string | null;
}

/**
 * Notes what a task leaves, beside what was noted of it before, for another attempt. In the caller's transaction; where the
 * master key is not at hand, the audit says that nothing was noted.
 */
export function leave({ database, now, task, left, because }: Leaves): void {
  const before = database.leftovers.get(task.id);
  const both: Left = {
    proofs: left.proofs ?? before?.proofs ?? null,
    kept: left.kept ?? before?.kept ?? null,
  };
  const attempts = (before?.attempts ?? 0) + (because === null ? 0 : 1);
  try {
    leftoverSeal.put(database, task.id, both);
  } catch (error) {
    if (asFailure(error).about !== 'keychain') throw error;
    notNoted(database, now, task);
    return;
  }
  database.leftovers.put({
    ...{ taskId: task.id, endpointId: idOf(task.subject, 'endpoint') ?? '', ...both },
    ...{ since: before?.since ?? now, attempts, nextAt: now + waitAfter(attempts), because },
  });
  if (because !== null && attempts === 1)
    say(database, now, task, 'failed', `Cleaning up ${placeOf(task.subject)} is not complete: ${because}`);
}

/** The same of what a step could not remove from the endpoint. */
export function leaveKept({ task, tools }: StepContext, kept: Left['kept'], because: string): void {
  const { database, clock } = tools;
  leave({ database, now: clock.now(), task, left: { proofs: null, kept }, because });
}

/** The same of what an authority could not remove. */
export function leaveProofs(
  context: StepContext,
  { authorityId, names, handle }: Pick<Order, 'authorityId' | 'names' | 'handle'>,
  left: readonly NotCleared[],
): void {
  const { task, tools } = context;
  const { database, clock } = tools;
  if (left.length === 0) return;
  const settings = authorityHash(database.authorities.get(authorityId));
  const proofs = { authorityId, settings, names, handle, webRoot: plannedRoot(context) };
  leave({ database, now: clock.now(), task, left: { proofs, kept: null }, because: saysLeft(left) });
}

export function saysLeft(left: readonly NotCleared[]): string {
  return left.map(({ what, because }) => `${firstUpper(what)} was not removed: ${because.message}`).join(' ');
}

const firstUpper = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Milliseconds until it is tried again. */
function waitAfter(attempts: number): number {
  if (attempts === 0) return 0;
  return (clearUpRetries[attempts - 1] ?? clearUpRetries.at(-1))?.afterMs ?? 0;
}

/** One audit row by the agent about what a task left. */
export function say(
  database: Database,
  at: number,
  { id }: Pick<Task, 'id'>,
  outcome: 'ok' | 'failed',
  sentence: string,
): void {
  const action = outcome === 'ok' ? 'clean-up.done' : 'clean-up.failed';
  database.audit.append({ at, origin: 'agent', actor: null, action, subject: id, outcome, sentence });
}

function notNoted(database: Database, now: number, task: Leaves['task']): void {
  const sentence = `The master key was not available when a task of ${placeOf(task.subject)} ended, so Trustkeep did not note what it left: check for files named .trustkeep-${tagOf(task)} there, and for challenge files and TXT records.`;
  say(database, now, task, 'failed', sentence);
}
