import { z } from 'zod';

const notificationLevel = z.enum(['info', 'success', 'attention', 'danger']);
export type NotificationLevel = z.infer<typeof notificationLevel>;

/** Something shown to a person, in the panel and by the operating system. */
export const notification = z.object({
  /** `ntf_…` */
  id: z.string(),
  kind: z.enum([
    'approval-needed',
    'succeeded',
    'failed',
    'restored',
    'renewal-at-risk',
    'keychain',
    'system',
  ]),
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
