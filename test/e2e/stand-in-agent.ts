import { createRequire } from 'node:module';
import type { MessagePortMain } from 'electron';
import { systemClock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { Overview } from '#shared/model/overview.ts';
import { Events } from '../../electron/agent/events.ts';
import type { DesktopAgent, DesktopQuestions } from '../../electron/shell/desktop-agent.ts';

/** What the tests of the shell reach as `globalThis.trustkeepAgent`: an agent that says what they tell it to. */
export interface StandInAgent extends DesktopAgent {
  agent: { events: Events; wake(): void };
  questions: DesktopQuestions & {
    name: string | null;
    paused: number | null;
    names: string[];
    silent: string | null;
  };
  facts: Overview;
  history: string[];
  sqlite(): string;
}

/** Takes the place of the composed agent in the `e2e-shell` build. */
export async function compose(options: {
  dataDirectory?: string;
  log: Log;
  onStop?: () => void;
}): Promise<StandInAgent> {
  if (options.dataDirectory?.endsWith('-broken')) {
    throw new Failure(
      'database.from-the-future',
      'The database was written by a newer version of Trustkeep.',
      {
        hint: 'Install the newer version again.',
      },
    );
  }
  const events = new Events(systemClock);
  const history: string[] = ['made'];
  const facts: Overview = {
    level: 'ok',
    sentence: 'All 3 nodes serve what they should.',
    tooltip: 'All 3 nodes serve what they should.',
    endpoints: 1,
    nodes: { total: 3, managed: 3, same: 3, notServed: 0, unknown: 0 },
    certificates: { total: 3, expired: 0, within7Days: 0, within30Days: 0 },
    tasks: { live: 0, waiting: 0, failedLastDay: 0 },
    approvalsPending: 0,
    unreadNotifications: 0,
    actionRequired: 0,
    worst: [],
  };
  return {
    agent: { events, wake: () => void history.push('wake') },
    facts,
    history,
    overview: () => facts,
    questions: questionsOf(events, history),
    attachPort(port: MessagePortMain) {
      port.on('message', ({ data }) => port.postMessage(`pong to ${data}`));
      port.start();
    },
    listen: async () => void history.push('listen'),
    start: async () => void history.push('start'),
    async stop(graceMs) {
      history.push(graceMs === undefined ? 'stop' : 'stop when done');
      await systemClock.sleep(100);
    },
    /** Proves that the native module at hand works in this Electron. */
    sqlite() {
      const Database = createRequire(import.meta.url)('better-sqlite3');
      return new Database(':memory:').prepare('select sqlite_version() as version').get().version;
    },
  };
}

function questionsOf(events: Events, history: string[]): StandInAgent['questions'] {
  return {
    ...{ name: null, paused: null, names: [], silent: null },
    agentName() {
      return this.name;
    },
    pausedUntil() {
      return this.paused;
    },
    async pause(untilTomorrow) {
      history.push(untilTomorrow ? 'pause until tomorrow' : 'pause');
      this.paused = systemClock.now() + 3_600_000;
      events.changed('agent', null);
    },
    async resume() {
      history.push('resume');
      this.paused = null;
      events.changed('agent', null);
    },
    running() {
      return this.names;
    },
    silence() {
      return this.silent;
    },
    digestMs: () => 1000,
    waitingPlan: () => null,
    approve: async () => void history.push('approve'),
    checkForUpdates: async () => void history.push('check for updates'),
  };
}
