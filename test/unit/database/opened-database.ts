import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Log, silentLog } from '#kit/log.ts';
import type { Database } from '../../../electron/database/database.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { clockAt, now, readySealer } from '../../make/database.ts';
import { tempDirectory } from '../../make/directory.ts';

export let directory: ReturnType<typeof tempDirectory>;
export let path: string;
export const sealer = readySealer();
export const opened: Database[] = [];

export function open(log: Log = silentLog): Database {
  const database = openDatabase({ path, clock: clockAt(now), log, sealer });
  opened.push(database);
  return database;
}
export const mode = (file: string) => statSync(file).mode & 0o777;

/** Every test starts with an empty directory; what it opened is closed after it. */
export function prepareDirectory(): void {
  beforeEach(() => {
    directory = tempDirectory('open');
    path = join(directory.path, 'data', 'trustkeep.db');
  });
  afterEach(() => {
    for (const database of opened.splice(0)) database.close();
    directory.remove();
  });
}
