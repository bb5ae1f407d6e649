import { rm } from 'node:fs/promises';
import type { App } from 'electron';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { CheckedUpdate, Updater } from '../../agent/updates/updater.ts';
import { measure, refuseTampered } from '../../updates/check-file.ts';
import { readMark, type UpdateMark, writeMark } from '../../updates/mark.ts';
import { refuseUnsigned } from '../../updates/statement.ts';
import { keepImage, putBackImage, refuseUnwritableImage, replaceImage } from './app-image.ts';

/** What replaces the program on one kind of system. */
export interface Installer {
  /** Throws `update.not-writable` where it is known that it cannot work. */
  refuse(): void;
  /** Keeps what would put this version back; gives where, or null where there is nothing. */
  keep(): Promise<string | null>;
  /** Checks the file once more and puts it in place, or starts what does. */
  install(update: CheckedUpdate): Promise<void>;
  putBack(kept: string): Promise<void>;
  /** What starts the version that is in place then; null: the installer does. */
  relaunch: { execPath: string } | null;
}

interface UpdaterParts {
  app: Pick<App, 'quit' | 'relaunch'>;
  installer: Installer;
  /** Where the mark is. */
  folder: string;
  version: string;
  keys: readonly string[];
  argv: readonly string[];
  clock: Clock;
  log: Log;
  /** Version of the database that this program can open. */
  schema(): Promise<number>;
  /** Makes the database one that a program of this schema can open. Only while the agent is stopped. */
  stageDatabase(schema: number): Promise<void>;
}

interface DesktopUpdater extends Updater {
  /** When the agent has stopped and nothing else runs: what the program ends for. */
  finish(): Promise<void>;
}

/** Long enough for the answer to whoever asked. */
const quitAfterMs = 200;

/** Ends the application, and replaces the program when the agent has stopped. */
export function makeUpdater(parts: UpdaterParts): DesktopUpdater {
  const { app, installer, folder, clock, log } = parts;
  let last: (() => Promise<void>) | null = null;
  const endFor = (act: () => Promise<void>): void => {
    last = act;
    clock.after(quitAfterMs, () => app.quit());
  };
  return {
    async install(update) {
      installer.refuse();
      await refuseTampered(update.file, update.statement);
      endFor(() => install(parts, update));
    },
    async goBack() {
      const mark = readMark(folder);
      installer.refuse();
      const kept = await refuseNoneKept(mark, parts.version);
      endFor(() => goBack(parts, kept));
    },
    async finish() {
      const act = last;
      last = null;
      if (act === null) return;
      let start: { execPath?: string } | null = installer.relaunch;
      try {
        await act();
      } catch (error) {
        const failure = asFailure(error);
        log.error('the version in use stays', { failure: failure.toData() });
        noteTrouble(folder, failure);
        start ??= {}; // no installer will start anything
      }
      if (start === null) return;
      // with a window: it has to answer before the new version counts as healthy
      const args = parts.argv.slice(1).filter((word) => word !== '--hidden');
      app.relaunch({ ...start, args });
    },
  };
}

async function install(
  { installer, folder, version, keys, clock, schema }: UpdaterParts,
  update: CheckedUpdate,
) {
  const { statement, signatures } = update;
  const mark: UpdateMark = {
    ...{ format: 1, state: 'installing', from: version, to: statement.version, at: clock.now(), starts: 0 },
    ...{ kept: null, keptSha512: null, schema: await schema(), trouble: null },
  };
  writeMark(folder, mark);
  refuseUnsigned(statement, signatures, keys);
  const kept = await installer.keep();
  if (kept !== null) writeMark(folder, { ...mark, kept, keptSha512: await sha512Of(kept) });
  await installer.install(update);
  await rm(update.file, { force: true });
}

async function goBack({ installer, folder, version, clock, stageDatabase }: UpdaterParts, mark: KeptMark) {
  await stageDatabase(mark.schema);
  await installer.putBack(mark.kept);
  writeMark(folder, {
    ...{ ...mark, state: 'installing', from: version, to: mark.from, at: clock.now(), starts: 0 },
    ...{ kept: null, keptSha512: null, trouble: null },
  });
}

type KeptMark = UpdateMark & { kept: string };

async function refuseNoneKept(mark: UpdateMark | null, version: string): Promise<KeptMark> {
  if (mark?.to !== version || mark.kept === null)
    throw new Failure('update.no-previous', 'No previous version of Trustkeep is kept here.');
  const hash = await sha512Of(mark.kept).catch(() => null);
  if (hash === null || hash !== mark.keptSha512)
    throw new Failure(
      'update.no-previous',
      `What was kept of Trustkeep ${mark.from} is no longer there as it was: ${mark.kept}.`,
      {
        hint: `Download Trustkeep ${mark.from} to go back to it.`,
      },
    );
  return { ...mark, kept: mark.kept };
}

/** For the start that follows: the version is the same, and this is why. */
function noteTrouble(folder: string, { message }: Failure): void {
  const mark = readMark(folder);
  if (mark !== null) writeMark(folder, { ...mark, trouble: message });
}

async function sha512Of(path: string): Promise<string> {
  return (await measure(path)).sha512.toString('base64');
}

/** An AppImage replaces its own file, and is started again from there. */
export function appImageInstaller(image: string): Installer {
  return {
    refuse: () => refuseUnwritableImage(image),
    keep: () => keepImage(image),
    install: ({ file, statement }) => replaceImage(image, file, statement),
    putBack: (kept) => putBackImage(image, kept),
    relaunch: { execPath: image },
  };
}
