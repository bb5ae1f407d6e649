import type { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import { firstOf } from '#shared/model/first-of.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { Task } from '#shared/model/task.ts';

/** A notification before it is stored. */
export type Draft = Pick<Notification, 'kind' | 'level' | 'title' | 'sentence'> &
  Partial<Pick<Notification, 'taskId' | 'approvalId'>>;

/** What the end of a task that changes something says to a person; null: nothing worth a notification. Pure. */
export function aboutEndedChange(task: Task): Draft | null {
  const what = task.subject.name;
  const base = { taskId: task.id };
  const why = task.failure?.sentence ?? '';
  switch (task.state) {
    case 'succeeded':
      return {
        ...base,
        kind: 'succeeded',
        level: 'success',
        title: `Done: ${what}`,
        sentence: lastSentence(task, 'prove') ?? 'Everything went as planned.',
      };
    case 'succeeded-with-warnings':
      return {
        ...base,
        kind: 'succeeded',
        level: 'attention',
        title: `Done with warnings: ${what}`,
        sentence: firstWarning(task) ?? 'Check the steps of the task.',
      };
    case 'failed':
      if (task.restored === 'proved')
        return {
          ...base,
          kind: 'restored',
          level: 'attention',
          title: `Restored: ${what}`,
          sentence: `${why} The previous state is restored, and that is proved.`,
        };
      if (task.restored === 'failed' || task.restored === 'unproved')
        return {
          ...base,
          kind: 'failed',
          level: 'danger',
          title: `Action required: ${what}`,
          sentence: `${why} The previous state ${task.restored === 'failed' ? 'could not be restored' : 'is back on disk, but not proved to be served'}.`,
        };
      return {
        ...base,
        kind: 'failed',
        level: 'attention',
        title: `Failed: ${what}`,
        sentence: `${why} Nothing was changed.`,
      };
    case 'cancelled':
    case 'queued':
    case 'running':
    case 'waiting':
      return null;
  }
}

/** What asks a person to read a plan. Pure. */
export function aboutApproval(approval: Approval): Draft {
  return {
    kind: 'approval-needed',
    level: 'attention',
    title: `Approval needed: ${approval.plan.nodeName}`,
    sentence: `${approval.plan.reason === 'renewal' ? 'Renewal' : 'Request'} for ${firstOf(approval.plan.names)} on ${approval.plan.endpointName} is waiting for approval.`,
    taskId: approval.taskId,
    approvalId: approval.id,
  };
}

/** What says that a node is no longer looked after here. Pure. */
export function aboutReplaced({ name, endpointName }: EndpointNode): Draft {
  return {
    kind: 'system',
    level: 'attention',
    title: `No longer renewed: ${name}`,
    sentence: `Another tool replaced its certificate on ${endpointName}. To manage it here again, request a certificate.`,
  };
}

/** What says that a credential store can no longer be read, or soon not. Pure. */
export function aboutLostLogin(store: string, { message, hint }: Failure): Draft {
  return {
    kind: 'system',
    level: 'attention',
    title: `Action required: ${store}`,
    sentence: [message, hint].filter(Boolean).join(' '),
  };
}

/** What says that notifications do not arrive where they are sent. Pure. */
export function aboutFailingChannel(channel: string, { message, hint }: Failure): Draft {
  return {
    kind: 'system',
    level: 'attention',
    title: `Action required: channel ${channel}`,
    sentence: ['Notifications are not delivered.', message, hint].filter(Boolean).join(' '),
  };
}

function lastSentence(task: Task, step: string): string | null {
  return task.steps.find((one) => one.name === step)?.sentence ?? null;
}

function firstWarning(task: Task): string | null {
  return task.steps.find((one) => one.state === 'done-with-warning')?.sentence ?? null;
}
