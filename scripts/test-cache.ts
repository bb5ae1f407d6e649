import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where a peer of the tests is kept between runs, outside the tree. Root's home is closed to everybody else, so root uses
 * a place that others may read.
 */
export function inTestCache(place: string): string {
  if (process.env.TRUSTKEEP_TEST_CACHE) return join(resolve(process.env.TRUSTKEEP_TEST_CACHE), place);
  const ofRoot = platform() === 'linux' && process.getuid?.() === 0;
  return join(ofRoot ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), place);
}

/** Works in a directory of its own on the disk of `place`, where what is made can be renamed to; nothing of it stays. */
export async function besides<T>(place: string, work: (directory: string) => Promise<T>): Promise<T> {
  const cache = resolve(place, '..');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'fetch-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs a program without a word; 127 where there is none. `said`: all it printed. */
export function quietly(
  [program = '', ...args]: readonly string[],
  cwd?: string,
): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        said += part.toString();
      });
    child.once('error', (error) => done({ code: 127, said: String(error) }));
    child.once('close', (code) => done({ code: code ?? 1, said }));
  });
}

/** The last line that a program printed, as a reason. */
export const lastLineOf = (said: string): string => said.trim().split('\n').at(-1) ?? '';

/** What pip is told always: by hashes alone, without patience for an index that is not reached. */
export const pipManners = [
  ...['--quiet', '--no-deps', '--no-cache-dir', '--require-hashes', '--retries', '1', '--timeout', '15'],
  ...['--disable-pip-version-check'],
] as const;
