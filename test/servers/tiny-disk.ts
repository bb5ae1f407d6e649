import { mkdir } from 'node:fs/promises';
import { exec } from '#kit/exec.ts';

export interface TinyDisk {
  makeReadOnly(): Promise<void>;
  unmount(): Promise<void>;
}

/** A file system of a few kilobytes in memory, mounted at `path`. Needs root. */
export async function mountTiny(path: string, size: string): Promise<TinyDisk> {
  await mkdir(path, { recursive: true });
  await must(['mount', '-t', 'tmpfs', '-o', `size=${size}`, 'trustkeep-test', path]);
  return {
    makeReadOnly: () => must(['mount', '-o', 'remount,ro', path]),
    unmount: () => must(['umount', '--lazy', path]),
  };
}

async function must(argv: [string, ...string[]]): Promise<void> {
  const result = await exec({ argv, timeoutMs: 10_000 });
  if (result.code !== 0) throw new Error(`${argv.join(' ')} failed: ${result.stderr.toString()}`);
}
