import { z } from 'zod';
import { failureData } from '../failure.ts';
import { subject } from './subject.ts';
import { task, taskKind, taskState } from './task.ts';

/** How an order of a server ended, kept until that server has said that it knows. */
export const owedResult = z.object({
  /** `out_…` */
  id: z.string(),
  /** Name of the server that gave the order. */
  server: z.string().nullable(),
  /** What it calls its order. */
  outsideId: z.string().nullable(),
  taskId: z.string(),
  kind: taskKind,
  subject,
  state: taskState,
  failure: failureData.nullable(),
  restored: task.shape.restored,
  /** When it ended, epoch milliseconds. */
  at: z.number().int(),
});
export type OwedResult = z.infer<typeof owedResult>;
