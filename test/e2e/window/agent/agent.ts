import type { AgentEvent } from '#shared/contract/events.ts';
import { overviewOf } from '../world/overview.ts';
import { type FakeTools, os } from './procedures.ts';

/** What is asked of the agent as a whole. */
export function agentRoutes(
  { world, did }: FakeTools,
  events: (signal: AbortSignal | undefined) => AsyncGenerator<AgentEvent>,
) {
  return {
    agent: {
      status: os.agent.status.handler(() => world.status),
      overview: os.agent.overview.handler(() => overviewOf(world)),
      events: os.agent.events.handler(({ signal }) => events(signal)),
      stop: os.agent.stop.handler(({ input }) => {
        did('agent.stop', input);
        return {};
      }),
      show: os.agent.show.handler(() => ({})),
    },
  };
}
