import type { Notification } from '#shared/model/notification.ts';
import { silenceTitle } from '#shared/model/told.ts';
import type { Place } from '#shared/page.ts';
import { placeOf } from './notice-place.ts';

/** What the operating system is asked to show. */
export interface Toast {
  /** A toast with the same one is replaced; after a restart it alone says where a click leads. At most 64 characters. */
  id: string;
  title: string;
  body: string;
  /** Stays until a person closes it. */
  urgent: boolean;
  /** Without a sound. */
  silent: boolean;
  place: Place;
  /** May be approved from the toast, where the system has buttons. */
  plan: WaitingPlan | null;
}

interface WaitingPlan {
  approvalId: string;
  fingerprint: string;
}

const silenceId = 'silence';

/** One toast for one notification. All about one task have one id, and all about silence: the newest word about it is enough. */
export function toastOf(notice: Notification, plan: WaitingPlan | null): Toast {
  return {
    id: notice.taskId ?? (notice.title === silenceTitle ? silenceId : notice.id),
    title: notice.title,
    body: notice.sentence,
    urgent: notice.level === 'danger',
    silent: notice.level === 'info' || notice.level === 'success',
    place: placeOf(notice),
    plan: notice.kind === 'approval-needed' ? plan : null,
  };
}

const named = 3;

/** One toast for what went well meanwhile; of one, its own. */
export function digestOf(notices: readonly Notification[]): Toast | null {
  const [first] = notices;
  if (first === undefined) return null;
  if (notices.length === 1) return toastOf(first, null);
  const names = notices.slice(0, named).map(({ title }) => title.replace(/^Done: /, ''));
  const more = notices.length - names.length;
  return {
    id: 'digest',
    title: `${notices.length} tasks succeeded`,
    body: `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
    urgent: false,
    silent: true,
    place: { screen: 'notifications' },
    plan: null,
  };
}

/** Where a click on a toast of an earlier run leads, by what is known of it now. */
export function placeOfId(id: string, waitingPlan: (task: string) => WaitingPlan | null): Place {
  if (!id.startsWith('task_')) return { screen: 'notifications' };
  const plan = waitingPlan(id);
  return plan === null ? { screen: 'task', taskId: id } : { screen: 'approval', approvalId: plan.approvalId };
}

/** The id in the arguments with which Windows activates the application: `type=click&tag=task_…`. Null: none. */
export function idOfActivation(given: string): string | null {
  return new URLSearchParams(given).get('tag');
}

const plain = { urgent: false, silent: true, place: { screen: 'overview' }, plan: null } as const;

/** `trayShows` null: not known. */
export function stillRunningToast(trayShows: boolean | null): Toast {
  const where =
    trayShows === false
      ? 'This desktop shows no tray. To open the window, start Trustkeep again; to quit, press Ctrl+Q in it.'
      : 'It is in the tray. To open the window, start it again.';
  return { ...plain, id: 'still-running', title: 'Trustkeep is still running', body: where };
}

/** The agent is there and does not check. */
export function alarmToast(sentence: string): Toast {
  return { ...plain, id: silenceId, urgent: true, silent: false, title: silenceTitle, body: sentence };
}
