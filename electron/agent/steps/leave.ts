import { asFailure } from '#shared/failure.ts';
import type { Leftover } from '#shared/model/leftover.ts';
import type { Order } from '#shared/model/order.ts';
import { idOf, placeOf, type Subject } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database } from '../../database/database.ts';
import type { NotCleared } from '../../providers/authorities/authority.ts';
import { clearUpRetries } from '../tasks/retry.ts';
import { planOutput } from './shapes.ts';
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
export function leave(leaves: Leaves): void {
  const { database, now, task, left } = leaves;
  const stored = database.leftovers.get(task.id);
  try {
    const ours = stored === null || isOurs(database, stored);
    const before = ours ? stored : null;
    const both: Left = {
      proofs: left.proofs ?? before?.proofs ?? null,
      kept: left.kept ?? before?.kept ?? null,
    };
    leftoverSeal.put(database, task.id, both);
    if (!ours) say(database, now, task, 'failed', `${placeOf(task.subject)}: ${saysNotOurs(task)}`);
    note(leaves, both, before);
  } catch (error) {
    if (asFailure(error).about !== 'keychain') throw error;
    notNoted(database, now, task);
  }
}

/**
 * Notes what is left of `before` after an attempt, in place of it. In the caller's transaction; while the master key is not at
 * hand it is stored as it was, under the seal that it has, to be tried again.
 */
export function leaveRest(leaves: Leaves, before: Leftover): void {
  const { database, task, left } = leaves;
  try {
    leftoverSeal.put(database, task.id, left);
  } catch (error) {
    if (asFailure(error).about !== 'keychain') throw error;
    note(leaves, before, before);
    return;
  }
  note(leaves, left, before);
}

/** Another attempt failed before it began: nothing of it is another now, nor sealed again. In the caller's transaction. */
export function postpone(leaves: Omit<Leaves, 'left'>, before: Leftover): void {
  note({ ...leaves, left: before }, before, before);
}

/** Whether Trustkeep stored it. Throws `keychain.*` while that cannot be told. */
export function isOurs(database: Database, stored: Leftover): boolean {
  try {
    return leftoverSeal.isOf(database, stored.taskId, stored);
  } catch (error) {
    if (asFailure(error).code === 'secret.damaged') return false;
    throw error;
  }
}

export function saysNotOurs({ id }: Pick<Task, 'id'>): string {
  return `What is stored about the clean-up is not what Trustkeep stored, so nothing was removed. Find out who can write to the database, and check for files of task ${id}.`;
}

function note(
  { database, now, task, because }: Leaves,
  { proofs, kept }: Left,
  before: Leftover | null,
): void {
  const attempts = (before?.attempts ?? 0) + (because === null ? 0 : 1);
  database.leftovers.put({
    ...{ taskId: task.id, endpointId: idOf(task.subject, 'endpoint') ?? '', proofs, kept },
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
  const settings = approvedSettings(context, authorityId);
  const proofs = { authorityId, settings, names, handle, webRoot: plannedRoot(context) };
  leave({ database, now: clock.now(), task, left: { proofs, kept: null }, because: saysLeft(left) });
}

/** Of the plan, not those of now: while the CA was asked, others may have come into their place. */
function approvedSettings(context: StepContext, authorityId: string): string {
  const { authority, fallback, bound } = context.output('plan', planOutput).plan;
  if (authorityId === authority.id) return bound.authority;
  return authorityId === fallback?.id && bound.fallback !== undefined ? bound.fallback : 'not approved';
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
