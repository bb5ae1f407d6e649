import type { Clock, Timer } from '#kit/clock.ts';
import type { AgentEvent, Topic } from '#shared/contract/events.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { DesktopAgent } from './desktop-agent.ts';
import type { TrayFacts } from './tray-view.ts';

interface Parts {
  clock: Clock;
  paint(facts: TrayFacts): void;
  notify(notice: Notification): void;
  show(): void;
}

const pause = 200;
/** What changes the lines of the tray, or the title of the window. */
const shown: ReadonlySet<Topic> = new Set<Topic>(['agent', 'approvals', 'notifications', 'settings']);

/** Shows in the tray, the title of the window and by notifications what the agent tells. Gives the function that ends it. */
export function followAgent(desktop: DesktopAgent, parts: Parts): () => void {
  let { level, sentence, tooltip } = desktop.overview();
  let timer: Timer | null = null;
  const paint = () => {
    timer = null;
    const { actionRequired, unreadNotifications } = desktop.overview();
    const { questions } = desktop;
    const [name, pausedUntil] = [questions.agentName(), questions.pausedUntil()];
    const updates = questions.checkForUpdates !== undefined;
    const counts = { actionRequired, unreadNotifications };
    parts.paint({ name, level, sentence, tooltip, ...counts, pausedUntil, updates });
  };
  // many rows change together: one look for all of them
  const paintSoon = () => {
    timer ??= parts.clock.after(pause, paint);
  };
  const hear = (event: AgentEvent) => {
    switch (event.type) {
      case 'level':
        ({ level, sentence, tooltip } = event);
        return paint();
      case 'changed':
        return shown.has(event.topic) ? paintSoon() : undefined;
      case 'notification':
        parts.notify(event.notification);
        return paintSoon();
      case 'show':
        return parts.show();
      case 'hello':
      case 'probing':
        return;
    }
  };
  const end = desktop.agent.events.on(hear);
  paint();
  return () => {
    end();
    timer?.cancel();
  };
}
