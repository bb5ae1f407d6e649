import type { App } from 'electron';
import { readFlags } from './flags.ts';

/** True when this process is the only one on its data; else the first one was told, and this one must end. */
export function isFirstInstance(app: App): boolean {
  return app.requestSingleInstanceLock();
}

/** Calls `show` when somebody starts the application again, unless that start asked to stay hidden. */
export function onSecondStart(app: App, show: () => void): void {
  app.on('second-instance', (_event, argv, cwd) => {
    if (!readFlags(argv, cwd).hidden) show();
  });
  app.on('activate', show); // macOS: click on the dock
}
