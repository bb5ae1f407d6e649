import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Notification } from '#shared/model/notification.ts';
import { silenceTitle } from '#shared/model/told.ts';
import type { Place } from '#shared/page.ts';
import type { DesktopQuestions } from './desktop-agent.ts';
import { makeDigest } from './digest.ts';
import { makeNotifier } from './notifier.ts';
import { watchSilence } from './silence-watch.ts';
import { alarmToast, stillRunningToast } from './toast.ts';
import { hasTrayHost } from './tray-host.ts';

interface Parts {
  icon: string;
  clock: Clock;
  log: Log;
  open(place: Place): void;
  /** Null until the agent is there. */
  questions(): DesktopQuestions | null;
}

interface Notices {
  tell(notice: Notification): void;
  /** Said once in a life: closing the window does not end Trustkeep. */
  stillRunning(): Promise<void>;
  /** The agent is there: clicks on old notifications are followed, and its silence would be told. */
  follow(): void;
  stop(): void;
}

/** Everything that this desktop tells by the notifications of its system. */
export function makeNotices({ icon, clock, log, open, questions }: Parts): Notices {
  const waitingPlan = (id: string) => questions()?.waitingPlan(id) ?? null;
  const approve: DesktopQuestions['approve'] = async (plan) => questions()?.approve(plan);
  const notifier = makeNotifier({ icon, open, approve, waitingPlan, log });
  const digestMs = () => questions()?.digestMs() ?? 0;
  const digest = makeDigest({ clock, digestMs, waitingPlan, show: notifier.show });
  let watch: ReturnType<typeof watchSilence> | null = null;
  return {
    tell(notice) {
      if (notice.title === silenceTitle) watch?.told();
      digest.tell(notice);
    },
    stillRunning: async () => notifier.show(stillRunningToast(await hasTrayHost())),
    follow() {
      notifier.followOld();
      watch ??= watchSilence({
        clock,
        silence: () => questions()?.silence() ?? null,
        raise: (sentence) => notifier.show(alarmToast(sentence)),
      });
    },
    stop() {
      digest.stop();
      watch?.stop();
    },
  };
}
