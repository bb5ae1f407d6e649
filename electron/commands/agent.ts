import { implement } from '@orpc/server';
import { invalid } from '#shared/catalog/flat.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import { overviewOf } from '../agent/overview.ts';
import { nextMorning } from '../agent/policies/pause.ts';
import { lastRenewalCheck, renewalSilence } from '../agent/renewal-check.ts';
import { readSettings } from '../agent/settings.ts';
import type { CommandContext } from '../transport/context.ts';
import { aboutBuild, licenseText } from './licenses.ts';
import { listen } from './listen.ts';
import type { CommandTools } from './tools.ts';

const usualPauseMinutes = 60;

/** Long enough for the answer to be on its way. */
const stopAfterMs = 50;

const os = implement(contract.agent).$context<CommandContext>();
/** As many as fit on a screen. */
const usualFinds = 20;

export function agentCommands(tools: CommandTools) {
  const { agent, database, clock } = tools;
  return os.router({
    status: os.status.handler(() => ({
      name: readSettings(database).agent_name || null,
      version: tools.version,
      startedAt: tools.startedAt,
      face: tools.face,
      dataDirectory: tools.dataDirectory,
      pid: process.pid,
      keychain: tools.masterKey.state(),
      pause: agent.pause.state(),
      renewals: {
        lastCheckAt: lastRenewalCheck(database),
        silentSince: renewalSilence(database, clock.now()),
      },
    })),
    about: os.about.handler(() => aboutBuild(tools.version)),
    license: os.license.handler(async ({ input }) => ({ text: await licenseText(input.name) })),
    overview: os.overview.handler(() => overviewOf(database, clock.now())),
    ...pauseRoutes(tools),
    find: os.find.handler(({ input }) => database.find(input.text, input.limit ?? usualFinds)),
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

function pauseRoutes({ agent, clock }: CommandTools) {
  return {
    pause: os.pause.handler(({ input, context }) => {
      const { minutes, until_tomorrow: untilTomorrow } = input;
      if (minutes !== undefined && untilTomorrow)
        throw invalid('--minutes and --until_tomorrow cannot be combined.', 'Give one of them.');
      const now = clock.now();
      const until = untilTomorrow ? nextMorning(now) : now + (minutes ?? usualPauseMinutes) * 60_000;
      return context.audit.commit(
        () => agent.pause.begin(until),
        () => ({
          subject: null,
          sentence: `Automatic work was paused until ${new Date(until).toISOString().slice(0, 16)}Z.`,
        }),
      );
    }),
    resume: os.resume.handler(({ context }) => {
      const wasPaused = context.audit.commit(
        () => agent.pause.end(),
        (was) => ({
          subject: null,
          sentence: was ? 'The pause was ended; automatic work continues.' : 'There was no pause to end.',
        }),
      );
      return { wasPaused };
    }),
  };
}
