import type { Clock, Timer } from '#kit/clock.ts';
import type { Notification } from '#shared/model/notification.ts';
import { isGoodNews } from '#shared/model/told.ts';
import { digestOf, type Toast, toastOf } from './toast.ts';

interface Parts {
  clock: Clock;
  /** The time within which successes are told together, asked when the first one comes. */
  digestMs(): number;
  waitingPlan(approvalId: string): Toast['plan'];
  show(toast: Toast): void;
}

interface Digest {
  /** Shows it now, or with what else goes well within the time. */
  tell(notice: Notification): void;
  /** Forgets what waits: it is in the panel, unread. */
  stop(): void;
}

/** What needs a person, and failures, now; successes together. */
export function makeDigest({ clock, digestMs, waitingPlan, show }: Parts): Digest {
  let waiting: Notification[] = [];
  let timer: Timer | null = null;
  const flush = (): void => {
    const toast = digestOf(waiting);
    waiting = [];
    timer = null;
    if (toast !== null) show(toast);
  };
  return {
    tell(notice) {
      const ms = isGoodNews(notice) ? digestMs() : 0;
      if (ms === 0) {
        const plan = notice.approvalId === null ? null : waitingPlan(notice.approvalId);
        return show(toastOf(notice, plan));
      }
      waiting.push(notice);
      timer ??= clock.after(ms, flush);
    },
    stop() {
      timer?.cancel();
      waiting = [];
      timer = null;
    },
  };
}
