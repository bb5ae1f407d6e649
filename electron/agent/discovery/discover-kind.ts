import { z } from 'zod';
import { idOf } from '#shared/model/subject.ts';
import { factsOfTask } from '#shared/model/task.ts';
import { discoverStep } from '../steps/discover.ts';
import { isSuccess } from '../tasks/step-rows.ts';
import type { KindOfTask } from '../tasks/task-kind.ts';

/** Finds the nodes of an endpoint. */
export const discoverKind: KindOfTask = {
  kind: 'discover',
  input: z.object({}),
  forward: [discoverStep],
  undo: [],
  lease: { second: 'the same task', onlyReads: true },
  title: factsOfTask({ kind: 'discover' }).title,
  isRoutine: (task) => task.origin === 'agent' && isSuccess(task),
  notification: () => null,
  ended() {},
  touches: ({ subject, finishedAt }) =>
    finishedAt === null
      ? []
      : [
          { topic: 'nodes', id: null },
          { topic: 'endpoints', id: idOf(subject, 'endpoint') },
        ],
  leaves: () => null,
  clearLeft: async () => ({ left: null, because: null, gaveUp: null }),
};
