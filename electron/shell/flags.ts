import { resolve } from 'node:path';
import type { LogLevel } from '#kit/log.ts';

interface DesktopFlags {
  /** Where everything of this agent lives; null for the platform's place. */
  dataDirectory: string | null;
  /** Start in the tray without a window. */
  hidden: boolean;
  /** How much is written to the log file: `info`, unless said otherwise. */
  logLevel: LogLevel;
}

const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

/** Reads our own flags and passes over Chromium's. The last one of a kind counts. */
export function readFlags(argv: readonly string[], cwd: string): DesktopFlags {
  const directory = lastOf(argv, '--data-directory=');
  const wanted = lastOf(argv, '--log-level=');
  return {
    dataDirectory: directory ? resolve(cwd, directory) : null,
    hidden: argv.includes('--hidden'),
    logLevel: logLevels.find((level) => level === wanted) ?? 'info',
  };
}

function lastOf(argv: readonly string[], name: string): string | undefined {
  return argv.findLast((word) => word.startsWith(name))?.slice(name.length);
}
