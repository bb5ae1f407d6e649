import { z } from 'zod';
import { notification } from '../model/notification.ts';
import { healthLevel } from '../model/overview.ts';

/** @internal */
export const topic = z.enum([
  'agent',
  'endpoints',
  'nodes',
  'certificates',
  'orders',
  'tasks',
  'approvals',
  'authorities',
  'credential-stores',
  'credentials',
  'proxy',
  'autoupdate',
  'notifications',
  'channels',
  'audit',
  'secrets',
  'settings',
]);
export type Topic = z.infer<typeof topic>;

/** Pushed now, after the row is stored. The renderer asks again for what changed; it holds no truth. */
export const agentEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), at: z.number().int() }),
  z.object({ type: z.literal('changed'), topic, id: z.string().nullable(), at: z.number().int() }),
  z.object({ type: z.literal('notification'), notification, at: z.number().int() }),
  z.object({
    type: z.literal('level'),
    ...{ level: healthLevel, sentence: z.string(), tooltip: z.string(), at: z.number().int() },
  }),
  /** An endpoint of this name is being added or changed, and this check of it begins. */
  z.object({ type: z.literal('probing'), name: z.string(), check: z.string(), at: z.number().int() }),
  /** A window should come to the front (second start of the desktop, `trustkeep show`). */
  z.object({ type: z.literal('show'), at: z.number().int() }),
]);
export type AgentEvent = z.infer<typeof agentEvent>;
