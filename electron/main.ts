import { join } from 'node:path';
import { app } from 'electron';
import { systemClock } from '#kit/clock.ts';
import { keepMemoryOutOfCores } from '#kit/core-files.ts';
import { accountName } from '#kit/paths.ts';
import { causeOf } from '#kit/unexpected.ts';
import { prepareDesktop, runDesktop } from './shell/desktop.ts';
import { readFlags } from './shell/flags.ts';
import { openLogFile } from './shell/log-file.ts';
import { isFirstInstance } from './shell/single-instance.ts';

keepMemoryOutOfCores();
const flags = readFlags(process.argv, process.cwd());
const { dataDirectory } = flags;
if (dataDirectory !== null) app.setPath('userData', join(dataDirectory, 'desktop'));

if (isFirstInstance(app)) {
  const log = openLogFile(app.getPath('logs'), systemClock, flags.logLevel);
  process.on('uncaughtException', (error) => log.error(`something unexpected happened: ${causeOf(error)}`));
  process.on('unhandledRejection', (error) =>
    log.error(`something unexpected was not handled: ${causeOf(error)}`),
  );
  prepareDesktop(log.in('shell'));
  // not awaited: Electron is ready only after this file was evaluated
  runDesktop({
    hidden: flags.hidden,
    log: log.in('shell'),
    clock: systemClock,
    async load(answer) {
      const { compose } = await import('./compose.ts');
      const place = dataDirectory === null ? {} : { dataDirectory };
      const by = { origin: 'gui' as const, actor: accountName() };
      const ifGone = answer === undefined ? {} : { ifGone: { answer, by } };
      return compose({ face: 'desktop', ...place, ...ifGone, log, onStop: () => app.quit() });
    },
  }).catch((error: unknown) => {
    log.error('the desktop did not start', { error });
    app.exit(1);
  });
} else {
  app.exit(0); // the first one was told and shows its window
}
