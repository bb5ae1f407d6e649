import { systemClock } from '#kit/clock.ts';
import { type LogLevel, makeLog } from '#kit/log.ts';
import { version } from '#kit/version.ts';
import type { Settings } from '#shared/model/settings.ts';
import { compose } from './compose.ts';

export interface HeadlessOptions {
  dataDirectory: string;
  logLevel: LogLevel;
  /** Settings for this run only. */
  settings?: Partial<Settings>;
}

/** Asked to end by a service manager, a person at the terminal, a closed console on Windows. */
const endSignals: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGTERM'] : ['SIGINT', 'SIGTERM'];

/**
 * The agent without a screen, until a signal or `trustkeep stop` ends it: running steps may finish. A second signal
 * does not wait for them. Resolves with the exit code; rejects when the agent cannot start.
 */
export async function runHeadless({ dataDirectory, logLevel, settings }: HeadlessOptions): Promise<number> {
  const log = makeLog((line) => process.stderr.write(`${line}\n`), logLevel, systemClock.now);
  const ending = Promise.withResolvers<string>();
  let asked = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(1);
    asked = true;
    ending.resolve(signal);
  };
  for (const signal of endSignals) process.on(signal, onSignal);
  const composed = await compose({
    face: 'headless',
    dataDirectory,
    log,
    ...(settings === undefined ? {} : { settings }),
    onStop: () => ending.resolve('the stop command'),
  });
  try {
    await composed.listen();
    await composed.start();
    process.stdout.write(
      `Trustkeep ${version} is ready (process ${process.pid}, data in ${dataDirectory}).\n`,
    );
    log.info('stopping', { because: await ending.promise });
  } finally {
    await composed.stop();
    for (const signal of endSignals) process.off(signal, onSignal);
  }
  return 0;
}
