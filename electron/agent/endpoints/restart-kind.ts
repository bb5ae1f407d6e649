import { z } from 'zod';
import { factsOfTask } from '#shared/model/task.ts';
import { aboutEndedChange } from '../notification-words.ts';
import { restartOnlyStep } from '../steps/restart.ts';
import type { KindOfTask } from '../tasks/task-kind.ts';

/** Makes an endpoint serve what is installed, without installing anything. */
export const restartKind: KindOfTask = {
  kind: 'restart',
  input: z.object({}),
  forward: [restartOnlyStep],
  undo: [],
  lease: { second: 'refused', onlyReads: false },
  title: factsOfTask({ kind: 'restart' }).title,
  isRoutine: () => false,
  notification: aboutEndedChange,
  ended() {},
  touches: () => [],
  leaves: () => null,
  clearLeft: async () => ({ left: null, because: null, gaveUp: null }),
};
