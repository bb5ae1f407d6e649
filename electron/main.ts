import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog } from 'electron';
import { systemClock } from '#kit/clock.ts';
import { keepMemoryOutOfCores } from '#kit/core-files.ts';
import type { Log } from '#kit/log.ts';
import { accountName, sharedDirectory, dataDirectory as usualDataDirectory } from '#kit/paths.ts';
import { causeOf } from '#kit/unexpected.ts';
import { prepareDesktop, runDesktop } from './shell/desktop.ts';
import type { DesktopAgent } from './shell/desktop-agent.ts';
import { readFlags } from './shell/flags.ts';
import { answerOfTest, isE2E, keysOfTest } from './shell/flavour.ts';
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
  const release = isE2E ? { keys: keysOfTest(process.argv), feed: null, publishers: [] } : undefined;
  const answer = isE2E ? answerOfTest(process.argv) : null;
  const asked =
    answer === null ? dialog : { showMessageBox: async () => ({ response: answer, checkboxChecked: false }) };
  let updates: ReturnType<typeof makeUpdates> | undefined;
  /** Made when the agent is: the window does not wait for it. */
  const makeUpdates = async () => {
    const { desktopUpdates } = await import('./shell/updater/desktop-updates.ts');
    const place = dataDirectory ?? usualDataDirectory();
    return desktopUpdates({
      ...{
        app,
        dialog: asked,
        dataDirectory: place,
        release,
        argv: process.argv,
        clock: systemClock,
        log: log.in('updates'),
      },
      schema: async () => (await import('./database/migrate.ts')).migrations.length,
      async stageDatabase(schema) {
        const { stageForOlderVersion } = await import('./database/older-version.ts');
        stageForOlderVersion(join(place, 'trustkeep.db'), schema);
      },
    });
  };
  const updatesHere = () => {
    updates ??= makeUpdates();
    return updates;
  };
  prepareDesktop(log.in('shell'));
  // not awaited: Electron is ready only after this file was evaluated
  runDesktop({
    hidden: flags.hidden,
    log: log.in('shell'),
    clock: systemClock,
    updates: updatesHere,
    async load(answer) {
      const service = dataDirectory === null ? await serviceOfThisMachine(log) : null;
      if (service !== null) return service;
      const { compose } = await import('./compose.ts');
      const place = dataDirectory === null ? {} : { dataDirectory };
      const by = { origin: 'gui' as const, actor: accountName() };
      const ifGone = answer === undefined ? {} : { ifGone: { answer, by } };
      const { updater } = await updatesHere();
      const overrides = release === undefined ? {} : { overrides: { updates: { release } } };
      const replaced = updater === null ? {} : { updater };
      return compose({
        face: 'desktop',
        ...place,
        ...ifGone,
        ...replaced,
        ...overrides,
        log,
        onStop: () => app.quit(),
      });
    },
  }).catch((error: unknown) => {
    log.error('the desktop did not start', { error });
    app.exit(1);
  });
} else {
  app.exit(0); // the first one was told and shows its window
}

/** Where the service runs and this account may call it, the desktop shows that agent and starts none of its own. */
async function serviceOfThisMachine(log: Log): Promise<DesktopAgent | null> {
  const directory = usualDataDirectory(true);
  if (![directory, sharedDirectory].some((path) => existsSync(path))) return null;
  const [{ serviceAgent }, { connectToService }] = await Promise.all([
    import('./compose/service-agent.ts'),
    import('./transport/client.ts'),
  ]);
  const connect = () => connectToService(directory, accountName(), 'gui');
  return serviceAgent({ connect, clock: systemClock, log: log.in('service') });
}
