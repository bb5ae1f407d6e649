import type { App, Dialog } from 'electron';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { version } from '#kit/version.ts';
import { asFailure } from '#shared/failure.ts';
import { updatesFolder } from '../../updates/mark.ts';
import { ownPackage } from '../../updates/package-kind.ts';
import { type ReleaseFacts, releaseFacts } from '../../updates/release-keys.ts';
import { type Health, watchHealth } from './health.ts';
import { appImageInstaller, type Installer, makeUpdater } from './updater.ts';
import { windowsInstaller } from './windows.ts';

interface DesktopUpdatesParts {
  app: Pick<App, 'quit' | 'relaunch'>;
  dialog: Pick<Dialog, 'showMessageBox'>;
  dataDirectory: string;
  /** In place of what this program was built with, for tests. */
  release: ReleaseFacts | undefined;
  argv: readonly string[];
  clock: Clock;
  log: Log;
  schema(): Promise<number>;
  stageDatabase(schema: number): Promise<void>;
}

/** What replaces this program, and what watches whether a new version is well. */
export interface DesktopUpdates {
  /** Null: another program updates this package. */
  updater: ReturnType<typeof makeUpdater> | null;
  health: Health;
  /** Offers the previous version where this one is on trial. Resolves with whether it is taken. */
  offerBack(why: string): Promise<boolean>;
}

export function desktopUpdates(parts: DesktopUpdatesParts): DesktopUpdates {
  const folder = updatesFolder(parts.dataDirectory);
  const { keys, publishers } = parts.release ?? releaseFacts;
  const installer = installerHere(folder, publishers);
  const updater = installer === null ? null : makeUpdater({ ...parts, version, installer, folder, keys });
  let offering: Promise<boolean> | null = null;
  const offerBack = (why: string): Promise<boolean> => {
    offering ??= offer(why).finally(() => {
      offering = null;
    });
    return offering;
  };
  const offer = async (why: string): Promise<boolean> => {
    const mark = health.onTrial();
    parts.log.error('the new version is not well', { why, from: mark?.from, to: mark?.to });
    if (updater === null || mark === null || mark.kept === null) return false;
    const { response } = await parts.dialog.showMessageBox({
      type: 'warning',
      title: 'Trustkeep',
      message: `Trustkeep ${mark.to} did not start properly.`,
      detail: `${why} Version ${mark.from} is kept. Going back also restores the database as it was before the update, where the new version changed it.`,
      buttons: [`Go back to ${mark.from}`, `Keep ${mark.to}`],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    });
    if (response !== 0) return false;
    return goBack();
  };
  const goBack = async (): Promise<boolean> => {
    try {
      await updater?.goBack();
      return true;
    } catch (error) {
      const { message, hint } = asFailure(error);
      await parts.dialog.showMessageBox({ type: 'error', title: 'Trustkeep', message, detail: hint ?? '' });
      return false;
    }
  };
  const health = watchHealth({ ...parts, version, folder, unwell: (why) => void offerBack(why) });
  return { updater, health, offerBack };
}

function installerHere(folder: string, publishers: readonly string[]): Installer | null {
  const image = process.env.APPIMAGE;
  switch (ownPackage().kind) {
    case 'appimage':
      return image === undefined ? null : appImageInstaller(image);
    case 'windows':
      return windowsInstaller({ folder, version, publishers });
    default:
      return null;
  }
}
