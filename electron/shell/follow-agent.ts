import type { Clock, Timer } from '#kit/clock.ts';
import type { AgentEvent } from '#shared/contract/events.ts';
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

/** Shows in the tray and by notifications what the agent tells. Gives the function that ends it. */
export function followAgent(desktop: DesktopAgent, parts: Parts): () => void {
  let { level, sentence } = desktop.overview();
  let timer: Timer | null = null;
  const paint = () => {
    timer = null;
    const { approvalsPending, unreadNotifications } = desktop.overview();
    parts.paint({ level, sentence, approvalsPending, unreadNotifications });
  };
  // many rows change together: one look for all of them
  const paintSoon = () => {
    timer ??= parts.clock.after(pause, paint);
  };
  const hear = (event: AgentEvent) => {
    switch (event.type) {
      case 'level':
        ({ level, sentence } = event);
        return paint();
      case 'changed':
        return event.topic === 'approvals' || event.topic === 'notifications' ? paintSoon() : undefined;
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
