import { z } from 'zod';
import { factsOfTask } from '#shared/model/task.ts';
import { aboutEndedChange } from '../notification-words.ts';
import { proveRestartStep, restartOnlyStep } from '../steps/restart-only.ts';
import type { KindOfTask } from '../tasks/task-kind.ts';

/** Makes an endpoint serve what is installed, without installing anything, and proves that what was served is served again. */
export const restartKind: KindOfTask = {
  kind: 'restart',
  input: z.object({}),
  forward: [restartOnlyStep, proveRestartStep],
  undo: [],
  lease: { second: 'refused', onlyReads: false },
  title: factsOfTask({ kind: 'restart' }).title,
  isRoutine: () => false,
  notification: aboutEndedChange,
  ended() {},
  touches: ({ subject, finishedAt }) => (finishedAt === null ? [] : [{ topic: 'nodes', id: subject.id }]),
  leaves: () => null,
  clearLeft: async () => ({ left: null, because: null, gaveUp: null }),
};
