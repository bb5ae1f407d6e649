import type { App, PowerMonitor } from 'electron';
import type { Log } from '#kit/log.ts';

interface Parts {
  app: App;
  powerMonitor: PowerMonitor;
  /** Lets the agent finish its step and closes everything. */
  stop(graceMs: number | undefined): Promise<void>;
  /** The machine slept or was locked: look again at what is due. */
  wake(): void;
  log: Log;
}

interface Lifecycle {
  /** From the request to quit on; closing windows then really closes. */
  isQuitting(): boolean;
  /** Quits; what runs may take so long. Left out: as long as always. */
  quit(graceMs?: number): void;
}

/** Closing windows keeps the agent running; quitting waits for it to finish its step. */
export function watchLifecycle(parts: Parts): Lifecycle {
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  let grace: number | undefined;
  parts.app.on('window-all-closed', () => {}); // without a listener Electron quits
  parts.app.on('before-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'stopping') return;
    state = 'stopping';
    parts
      .stop(grace)
      .catch((error: unknown) => parts.log.error('the agent did not stop well', { error }))
      .finally(() => {
        state = 'stopped';
        parts.app.quit();
      });
  });
  parts.powerMonitor.on('resume', () => parts.wake());
  parts.powerMonitor.on('unlock-screen', () => parts.wake());
  parts.powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    parts.app.quit();
  });
  return {
    isQuitting: () => state !== 'running',
    quit(graceMs) {
      grace = graceMs;
      parts.app.quit();
    },
  };
}
