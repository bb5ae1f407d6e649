import { Notification } from 'electron';
import type { Log } from '#kit/log.ts';
import type { Place } from '#shared/page.ts';
import { idOfActivation, placeOfId, type Toast } from './toast.ts';

interface Parts {
  icon: string;
  open(place: Place): void;
  /** Approves the plan of a toast whose button was pressed. */
  approve(plan: NonNullable<Toast['plan']>): Promise<unknown>;
  /** Null before the agent is there. */
  waitingPlan(task: string): Toast['plan'];
  log: Log;
}

interface Notifier {
  /** Shows a toast; it replaces the one with the same id. */
  show(toast: Toast): void;
  /** Hears of clicks on toasts of earlier runs. Once, when the agent can say where they lead. */
  followOld(): void;
}

interface Shown {
  notification: Notification;
  toast: Toast;
}

const approveText = 'Approve';
const openText = 'Open';

/**
 * Notifications of the operating system. They may be switched off or have no service: the agent keeps every one of
 * them as a row, and the tray's menu counts the unread, so a failure here is only logged.
 */
export function makeNotifier(parts: Parts): Notifier {
  const shown = new Map<string, Shown>(); // one that was collected as garbage is never clicked
  // Windows tells of every activation there, also of those that the notification itself is told of
  const tellsCentrally = process.platform === 'win32' && 'handleActivation' in Notification;
  const act = ({ toast }: Shown, button: number | null): void => {
    if (button !== 0 || toast.plan === null) parts.open(toast.place);
    else
      parts.approve(toast.plan).catch((error: unknown) => {
        parts.log.warn('the plan of a notification was not approved', { error });
        parts.open(toast.place);
      });
  };
  return {
    show(toast) {
      if (!Notification.isSupported()) return;
      shown.get(toast.id)?.notification.close();
      const one = { toast, notification: new Notification(optionsOf(toast, parts.icon)) };
      const gone = () => {
        if (shown.get(toast.id) === one) shown.delete(toast.id);
      };
      if (!tellsCentrally) {
        one.notification.on('click', () => act(one, null));
        one.notification.on('action', ({ actionIndex }) => act(one, actionIndex));
        one.notification.on('close', gone);
      }
      one.notification.on('failed', (_event, error) => {
        gone();
        parts.log.warn('the notification was not shown', { error });
      });
      shown.set(toast.id, one);
      one.notification.show();
    },
    followOld() {
      if (tellsCentrally)
        Notification.handleActivation(({ type, arguments: given, actionIndex }) => {
          const id = idOfActivation(given) ?? '';
          const one = shown.get(id);
          if (one === undefined) return parts.open(placeOfId(id, parts.waitingPlan));
          act(one, type === 'action' ? (actionIndex ?? null) : null);
        });
      if (process.platform === 'darwin') void followDelivered(parts);
    },
  };
}

/** macOS keeps what was delivered and hands it out again. What was approved with it is not known any longer: it opens. */
async function followDelivered({ open, waitingPlan, log }: Parts): Promise<void> {
  try {
    for (const old of await Notification.getHistory())
      for (const event of ['click', 'action'] as const)
        old.on(event as 'click', () => open(placeOfId(old.id, waitingPlan)));
  } catch (error) {
    log.warn('the notifications of earlier runs cannot be followed', { error });
  }
}

function optionsOf(toast: Toast, icon: string): Electron.NotificationConstructorOptions {
  const buttons = toast.plan === null ? [openText] : [approveText, openText];
  return {
    ...{ id: toast.id, groupId: toast.id, title: toast.title, body: withoutMarkup(toast.body) },
    ...(process.platform === 'linux'
      ? { icon } // it is sent no buttons: a click opens
      : { actions: buttons.map((text) => ({ type: 'button' as const, text })) }),
    silent: toast.silent,
    urgency: toast.urgent ? 'critical' : 'normal',
    timeoutType: toast.urgent ? 'never' : 'default',
  };
}

/** On Linux a body may hold markup, links and pictures; what a peer named itself must not. */
function withoutMarkup(text: string): string {
  return process.platform === 'linux'
    ? text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('&', '＆')
    : text;
}
