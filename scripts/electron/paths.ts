import { homedir, platform } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..');

/**
 * Where the Electron of the tests is kept between runs, outside the tree. Root's home is closed to everybody else and
 * the tests start Electron as a normal user, so root uses a place that others may read.
 */
export function cacheDirectory(): string {
  if (process.env.TRUSTKEEP_TEST_CACHE) return resolve(process.env.TRUSTKEEP_TEST_CACHE);
  if (platform() === 'linux' && process.getuid?.() === 0) return '/var/cache/trustkeep-test-electron';
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'trustkeep-test-electron');
}
