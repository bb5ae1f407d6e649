import { z } from 'zod';
import { plan } from '../model/plan.ts';
import { task, taskState } from '../model/task.ts';
import { command } from './base.ts';

export const tasks = {
  list: command
    .meta({ cli: 'tasks list', help: 'List tasks, newest first.' })
    .input(
      z
        .object({
          states: z.array(taskState).optional(),
          /** Id or name of what the tasks are about, or of the endpoint it is on. */
          about: z.string().min(1).max(600).optional(),
          /** Only those that the caller began, in the window or on the command line. */
          mine: z.boolean().optional(),
          /** Those older than this task: the last one of the page before. */
          older_than: z.string().optional(),
          limit: z.number().int().min(1).max(1000).optional(),
        })
        .strict(),
    )
    .output(z.array(task)),
  show: command
    .meta({ cli: 'tasks show', help: 'Show a task with its steps.', positional: 'task' })
    .input(z.object({ task: z.string().min(1) }).strict())
    .output(z.object({ task, plan: plan.nullable() })),
  /** Refused once something on an endpoint was changed. */
  cancel: command
    .meta({
      cli: 'tasks cancel',
      help: 'Cancel a task that has not changed anything yet.',
      positional: 'task',
      mutates: true,
    })
    .input(z.object({ task: z.string().min(1) }).strict())
    .output(task),
};
