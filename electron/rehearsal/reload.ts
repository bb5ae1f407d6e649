import { existsSync, readFileSync, rmSync } from 'node:fs';
import { systemClock } from '#kit/clock.ts';
import type { LittleServer } from '../net/little-server.ts';
import type { RehearsalFiles } from './files.ts';

const lookEveryMs = 10;

/** What a server does at a reload: it is asked to by a file that appears, and takes what its PEM file holds then. Resolves when aborted. */
export async function reloadWhenAsked(
  files: RehearsalFiles,
  server: LittleServer,
  until: AbortSignal,
): Promise<void> {
  while (!until.aborted) {
    if (existsSync(files.reload)) {
      rmSync(files.reload, { force: true });
      server.take(readFileSync(files.pem, 'utf8'));
    }
    await systemClock.sleep(lookEveryMs, until).catch(() => {});
  }
}
