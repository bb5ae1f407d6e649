import { z } from 'zod';
import { notification, notificationCount, notificationKind } from '../model/notification.ts';
import { command, nothing } from './base.ts';

/** Only what belongs to a task that the caller began in the window or on the command line. */
const mine = z.boolean().optional();

export const notifications = {
  list: command
    .meta({ cli: 'notifications list', help: 'List notifications, newest first.' })
    .input(
      z
        .object({
          kinds: z.array(notificationKind).min(1).optional(),
          mine,
          unread: z.boolean().optional(),
          /** Plans that still wait for a decision, and what else is unread and no success. */
          action_required: z.boolean().optional(),
          /** Those older than this notification: the last one of the page before. */
          older_than: z.string().optional(),
          limit: z.number().int().min(1).max(1000).optional(),
        })
        .strict(),
    )
    .output(z.array(notification)),
  count: command
    .meta({ cli: 'notifications count', help: 'Count notifications by kind, and the tasks they are about.' })
    .input(z.object({ mine }).strict())
    .output(notificationCount),
  /** Without an id: all. */
  markRead: command
    .meta({ cli: 'notifications read', help: 'Mark notifications as read.' })
    .input(z.object({ notification: z.string().optional() }).strict())
    .output(nothing),
};
