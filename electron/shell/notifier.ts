import { Notification } from 'electron';
import type { Log } from '#kit/log.ts';
import type { Notification as Notice } from '#shared/model/notification.ts';
import type { Place } from '#shared/page.ts';
import { placeOf } from './notice-place.ts';

interface Parts {
  icon: string;
  open(place: Place): void;
  log: Log;
}

interface Notifier {
  /** Shows one notification of the agent; a click opens the window where it leads. */
  show(notice: Notice): void;
  /** Said once in a life: closing the window does not end Trustkeep. */
  stillRunning(): void;
}

/**
 * Notifications of the operating system. They may be switched off or have no service: the agent keeps every one of
 * them as a row, and the tray's menu counts the unread, so a failure here is only logged.
 */
export function makeNotifier(parts: Parts): Notifier {
  const shown = new Set<Notification>(); // one that was collected as garbage is never clicked
  function show(title: string, body: string, urgent: boolean, place: Place): void {
    if (!Notification.isSupported()) return;
    const toast = new Notification({
      title,
      body: withoutMarkup(body),
      ...(process.platform === 'linux' ? { icon: parts.icon } : {}),
      urgency: urgent ? 'critical' : 'normal',
      timeoutType: urgent ? 'never' : 'default',
    });
    const gone = () => shown.delete(toast);
    toast.on('click', () => parts.open(place));
    toast.on('close', gone);
    toast.on('failed', (_event, error) => {
      gone();
      parts.log.warn('the notification was not shown', { error });
    });
    shown.add(toast);
    toast.show();
  }
  return {
    show: (notice) => show(notice.title, notice.sentence, notice.level === 'danger', placeOf(notice)),
    stillRunning: () =>
      show('Trustkeep is still running', 'It is in the tray. To open the window, start it again.', false, {
        screen: 'overview',
      }),
  };
}

/** On Linux a body may hold markup, links and pictures; what a peer named itself must not. */
function withoutMarkup(text: string): string {
  return process.platform === 'linux'
    ? text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('&', '＆')
    : text;
}
