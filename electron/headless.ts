import { systemClock } from '#kit/clock.ts';
import { type Log, type LogLevel, makeLog } from '#kit/log.ts';
import { causeOf } from '#kit/unexpected.ts';
import { version } from '#kit/version.ts';
import type { Settings } from '#shared/model/settings.ts';
import { exitCodes } from './cli/exit-codes.ts';
import { compose } from './compose.ts';
import { refuseMissingKey } from './secrets/given-key.ts';
import { type ServiceListener, serviceListener } from './service/notify.ts';

export interface HeadlessOptions {
  dataDirectory: string;
  logLevel: LogLevel;
  /** Settings for this run only. */
  settings?: Partial<Settings>;
  /** Where a socket is opened besides for the group of that directory. */
  socketDirectory?: string | null;
  /** Where lines of the log go. Default: standard error. */
  write?: (line: string) => void;
  /** Who started it and is told how it is. Default: systemd, where that is who did. */
  listener?: ServiceListener;
  /** The local socket is open. */
  isAnswering?: () => void;
  /** Resolves with why when it is to end, besides by a signal. */
  asked?: Promise<string>;
}

/** Asked to end by a service manager, a person at the terminal, a closed console on Windows. */
const endSignals: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGTERM'] : ['SIGINT', 'SIGTERM'];

/**
 * Whatever no one caught ends the process with its cause in one line of the log, for the service manager to start it again:
 * what it left in memory is not to be relied on, and the next start continues from what is stored, as after a kill. Left to
 * Node, the error would be printed whole, with whatever it holds. Gives what ends this.
 */
function endAtUnexpected(log: Log): () => void {
  let ending = false;
  const end = (thrown: unknown): void => {
    if (ending) process.exit(exitCodes.failed);
    ending = true;
    log.error(`ending after something unexpected, to be started again: ${causeOf(thrown)}`);
    systemClock.after(1000, () => process.exit(exitCodes.failed));
    process.stderr.write('', () => process.exit(exitCodes.failed));
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  return () => {
    process.off('uncaughtException', end);
    process.off('unhandledRejection', end);
  };
}

/**
 * The agent without a screen, until a signal or `trustkeep stop` ends it: running steps may finish. A second signal
 * does not wait for them. Resolves with the exit code; rejects when the agent cannot start.
 */
export async function runHeadless(options: HeadlessOptions): Promise<number> {
  const { dataDirectory, logLevel, settings, socketDirectory = null } = options;
  const write = options.write ?? ((line: string) => process.stderr.write(`${line}\n`));
  const log = makeLog(write, logLevel, systemClock.now);
  const stopExpecting = endAtUnexpected(log);
  const listener = options.listener ?? serviceListener(process.env, systemClock, log.in('service'));
  const ending = Promise.withResolvers<string>();
  void options.asked?.then(ending.resolve);
  let asked = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1);
    asked = true;
    ending.resolve(signal);
  };
  for (const signal of endSignals) process.on(signal, onSignal);
  refuseMissingKey();
  const composed = await compose({
    face: 'headless',
    dataDirectory,
    log,
    ...(settings === undefined ? {} : { settings }),
    onStop: () => ending.resolve('the stop command'),
  });
  try {
    await composed.listen();
    options.isAnswering?.();
    if (socketDirectory !== null) await composed.listenForGroup(socketDirectory);
    await composed.start();
    process.stdout.write(
      `Trustkeep ${version} is ready (process ${process.pid}, data in ${dataDirectory}).\n`,
    );
    listener.ready(`Trustkeep ${version} is ready`);
    const { state, sentence } = composed.masterKey.state();
    if (state !== 'ready') log.warn('the master key is not available', { because: sentence });
    log.info('stopping', { because: await ending.promise });
    listener.stopping();
  } finally {
    await composed.stop();
    for (const signal of endSignals) process.off(signal, onSignal);
    stopExpecting();
  }
  return 0;
}
