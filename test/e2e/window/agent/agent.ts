import type { AgentEvent } from '#shared/contract/events.ts';
import { foundIn } from '../world/found.ts';
import { overviewOf } from '../world/overview.ts';
import { licenseOf } from '../world/said-by-others.ts';
import { type FakeTools, os } from './procedures.ts';

/** What is asked of the agent as a whole. */
export function agentRoutes(
  { world, did, changed }: FakeTools,
  events: (signal: AbortSignal | undefined) => AsyncGenerator<AgentEvent>,
) {
  return {
    agent: {
      status: os.agent.status.handler(() => ({
        ...world.status,
        name: world.settings.agent_name || null,
      })),
      about: os.agent.about.handler(() => world.about),
      license: os.agent.license.handler(({ input }) => ({
        text: licenseOf(input.name),
      })),
      find: os.agent.find.handler(({ input }) => foundIn(world, input.text, input.limit ?? 20)),
      overview: os.agent.overview.handler(() => overviewOf(world)),
      events: os.agent.events.handler(({ signal }) => events(signal)),
      stop: os.agent.stop.handler(({ input }) => {
        did('agent.stop', input);
        return {};
      }),
      pause: os.agent.pause.handler(({ input }) => {
        did('agent.pause', input);
        world.status.pause = { since: Date.now(), until: Date.now() + (input.minutes ?? 60) * 60_000 };
        changed('agent');
        return world.status.pause;
      }),
      resume: os.agent.resume.handler(({ input }) => {
        did('agent.resume', input);
        const wasPaused = world.status.pause !== null;
        world.status.pause = null;
        changed('agent');
        return { wasPaused };
      }),
      show: os.agent.show.handler(() => ({})),
    },
  };
}
