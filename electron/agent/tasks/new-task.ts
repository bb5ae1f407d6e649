import { newId } from '#kit/ids.ts';
import type { Subject } from '#shared/model/subject.ts';
import type { TaskRow } from '../../database/database.ts';
import type { Caller } from '../caller.ts';
import { freshStep } from './kinds.ts';
import type { KindOfTask } from './task-kind.ts';

/** The row of a task nobody has begun. */
export function newTask(
  { kind, forward }: KindOfTask,
  subject: Subject,
  caller: Caller,
  input: Record<string, unknown>,
  now: number,
): TaskRow {
  return {
    task: {
      id: newId('task'),
      kind,
      subject,
      origin: caller.origin,
      actor: caller.actor,
      outsideId: caller.outsideId ?? null,
      state: 'queued',
      steps: forward.map((step) => freshStep(step.name)),
      waitingFor: null,
      wakeAt: null,
      failure: null,
      restored: null,
      createdAt: now,
      finishedAt: null,
    },
    memory: { input, outputs: {}, changing: false, cursor: 0, direction: 'forward' },
  };
}
