import { z } from 'zod';
import { notification } from '../model/notification.ts';
import { command, nothing } from './base.ts';

export const notifications = {
  list: command
    .meta({ cli: 'notifications list', help: 'List notifications, newest first.' })
    .input(z.object({ limit: z.number().int().min(1).max(1000).optional() }).strict())
    .output(z.array(notification)),
  /** Without an id: all. */
  markRead: command
    .meta({ cli: 'notifications read', help: 'Mark notifications as read.' })
    .input(z.object({ notification: z.string().optional() }).strict())
    .output(nothing),
};
