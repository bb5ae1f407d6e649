import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import type { CommandContext } from '../transport/context.ts';
import { listen } from './listen.ts';
import type { CommandTools } from './tools.ts';

/** Long enough for the answer to be on its way. */
const stopAfterMs = 50;

export function agentCommands(tools: CommandTools) {
  const os = implement(contract.agent).$context<CommandContext>();
  const { agent, database, clock } = tools;
  return os.router({
    status: os.status.handler(() => ({
      version: tools.version,
      startedAt: tools.startedAt,
      face: tools.face,
      dataDirectory: tools.dataDirectory,
      pid: process.pid,
      keychain: tools.masterKey.state(),
    })),
    overview: os.overview.handler(() => database.overview(clock.now())),
    events: os.events.handler(({ signal }) => listen(agent.events, clock, signal)),
    show: os.show.handler(() => {
      if (tools.face !== 'desktop') {
        throw new Failure('agent.no-window', 'The running agent has no window: it runs without a screen.', {
          hint: 'Use the command line, or stop the agent and start the desktop application.',
        });
      }
      agent.events.emit({ type: 'show', at: clock.now() });
      return {};
    }),
    stop: os.stop.handler(({ context }) => {
      context.audit.note({ subject: null, sentence: 'The agent was asked to stop.' });
      clock.after(stopAfterMs, () => tools.requestStop());
      return {};
    }),
  });
}
