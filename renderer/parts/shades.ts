import type { Approval } from '#shared/model/approval.ts';
import type { ServedState } from '#shared/model/node.ts';
import type { NotificationLevel } from '#shared/model/notification.ts';
import type { OrderState } from '#shared/model/order.ts';
import type { TaskState } from '#shared/model/task.ts';
import type { UpdateState } from '#shared/model/update.ts';
import type { Shade } from './level.tsx';

/** Which sign each state gets. Written as tables so that a new state cannot be forgotten. */
export const taskShade: Record<TaskState, Shade> = {
  queued: 'busy',
  running: 'busy',
  waiting: 'attention',
  succeeded: 'ok',
  'succeeded-with-warnings': 'attention',
  failed: 'danger',
  cancelled: 'off',
};

export const servedShade: Record<ServedState, Shade> = {
  same: 'ok',
  previous: 'danger',
  other: 'danger',
  unreachable: 'attention',
  unknown: 'unknown',
};

export const orderShade: Record<OrderState, Shade> = {
  placing: 'busy',
  pending: 'busy',
  'waiting-for-approval': 'attention',
  ready: 'ok',
  collected: 'ok',
  refused: 'danger',
  abandoned: 'off',
};

export const approvalShade: Record<Approval['state'], Shade> = {
  pending: 'attention',
  approved: 'ok',
  rejected: 'off',
  superseded: 'off',
};

export const noticeShade: Record<NotificationLevel, Shade> = {
  info: 'info',
  success: 'ok',
  attention: 'attention',
  danger: 'danger',
};

export const updateShade: Record<UpdateState, Shade> = {
  disabled: 'off',
  idle: 'ok',
  checking: 'busy',
  'up-to-date': 'ok',
  available: 'info',
  downloading: 'busy',
  ready: 'attention',
  installing: 'busy',
  failed: 'danger',
};
