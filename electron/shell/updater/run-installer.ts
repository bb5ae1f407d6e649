import { NsisUpdater } from 'electron-updater';
import type { AppAdapter } from 'electron-updater/out/AppAdapter.js';
import { Failure } from '#shared/failure.ts';

/**
 * Starts an installer of ours, which ends what is left of this program, replaces it and starts the new one. Resolves when it
 * has started, with an administrator's rights where Windows wants them for it; rejects with `update.not-writable` when it
 * could not be. What a person answers Windows is not known here.
 */
export async function runInstaller(path: string): Promise<void> {
  await new InstallerRun(path).started();
}

/** The library asks the application for nothing else before it runs an installer. */
const application = { version: '0.0.0' } as AppAdapter;

/**
 * How an installer made by electron-builder is started, and started again with an administrator's rights, is known to its
 * library (`docs/decisions/0037-updates.md`). Everything else it can do is not used.
 */
class InstallerRun extends NsisUpdater {
  readonly #path: string;
  readonly #starts: Promise<boolean>[] = [];

  constructor(path: string) {
    super(null, application);
    this.logger = null;
    this.#path = path;
  }

  protected override get installerPath(): string {
    return this.#path;
  }

  protected override spawnLog(...asked: Parameters<NsisUpdater['spawnLog']>): Promise<boolean> {
    const start = super.spawnLog(...asked);
    this.#starts.push(start);
    return start;
  }

  async started(): Promise<void> {
    this.doInstall({ isSilent: true, isForceRunAfter: true, isAdminRightsRequired: false });
    let last: PromiseSettledResult<boolean> | undefined;
    for (let seen = 0; seen < this.#starts.length; ) {
      seen = this.#starts.length;
      last = (await Promise.allSettled(this.#starts)).at(-1);
    }
    if (last?.status === 'fulfilled') return;
    throw new Failure('update.not-writable', 'Windows did not start the installer of the update.', {
      hint: 'Start it yourself, or have an administrator do it. The version in use was not changed.',
      cause: last?.reason,
    });
  }
}
