import { resolve } from 'node:path';

export interface DesktopFlags {
  /** Where everything of this agent lives; null for the platform's place. */
  dataDirectory: string | null;
  /** Start in the tray without a window. */
  hidden: boolean;
}

/** Reads our own flags and passes over Chromium's. The last one of a kind counts. */
export function readFlags(argv: readonly string[], cwd: string): DesktopFlags {
  const name = '--data-directory=';
  const directory = argv.findLast((word) => word.startsWith(name))?.slice(name.length);
  return {
    dataDirectory: directory ? resolve(cwd, directory) : null,
    hidden: argv.includes('--hidden'),
  };
}
