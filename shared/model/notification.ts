import { z } from 'zod';

const notificationLevel = z.enum(['info', 'success', 'attention', 'danger']);
export type NotificationLevel = z.infer<typeof notificationLevel>;

export const notificationKind = z.enum([
  'approval-needed',
  'succeeded',
  'failed',
  'restored',
  'renewal-at-risk',
  'keychain',
  'system',
]);
export type NotificationKind = z.infer<typeof notificationKind>;

/** Something shown to a person, in the panel and by the operating system. */
export const notification = z.object({
  /** `ntf_…` */
  id: z.string(),
  kind: notificationKind,
  level: notificationLevel,
  title: z.string(),
  sentence: z.string(),
  /** What a click opens. */
  taskId: z.string().nullable(),
  approvalId: z.string().nullable(),
  readAt: z.number().int().nullable(),
  at: z.number().int(),
});
export type Notification = z.infer<typeof notification>;

/** How many there are, of everyone or of one person. */
export const notificationCount = z.object({
  kinds: z.array(z.object({ kind: notificationKind, total: z.number().int(), unread: z.number().int() })),
  /** Plans that wait for a decision, and what else is unread and asks for a person. */
  actionRequired: z.number().int(),
  tasks: z.object({ live: z.number().int(), total: z.number().int() }),
});
export type NotificationCount = z.infer<typeof notificationCount>;
