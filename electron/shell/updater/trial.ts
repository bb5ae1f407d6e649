import type { MessagePortMain } from 'electron';
import type { Clock } from '#kit/clock.ts';
import type { DesktopUpdates } from './desktop-updates.ts';

/** Longer than running steps are given to finish. */
const longestStopMs = 20_000;

interface TrialParts {
  updates(): Promise<DesktopUpdates>;
  clock: Clock;
  /** The program was started without a window. */
  hidden: boolean;
  open(): void;
}

/** What the desktop tells of itself while a new version is on trial; nothing while none is. */
interface Trial {
  /** The port of a page, whose first message shows that the page works. */
  hears(port: MessagePortMain): void;
  agentWorks(): void;
  /** Stops the agent, for a while at most when it is on trial, then does what the program ends for. */
  ends(stop: () => Promise<void>): Promise<void>;
}

export function watchTrial({ updates, clock, hidden, open }: TrialParts): Trial {
  // a window has to answer, also where none was wanted
  if (hidden) void updates().then(({ health }) => health.onTrial() !== null && open());
  return {
    hears: (port) =>
      void port.once('message', () => void updates().then(({ health }) => health.windowAnswers())),
    agentWorks: () => void updates().then(({ health }) => health.agentWorks()),
    async ends(stop) {
      const { updater, health } = await updates();
      const stopped = stop();
      // an agent that hangs must not keep the previous version from coming back
      await (health.onTrial() === null ? stopped : Promise.race([stopped, clock.sleep(longestStopMs)]));
      health.ends();
      await updater?.finish();
    },
  };
}
