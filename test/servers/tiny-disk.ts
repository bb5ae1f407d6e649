import { mkdir } from 'node:fs/promises';
import { exec } from '#kit/exec.ts';
import { tempDirectory } from '../make/directory.ts';
import { have } from './available.ts';

export interface TinyDisk {
  makeReadOnly(): Promise<void>;
  unmount(): Promise<void>;
}

/** Root inside a container may still not mount; asked once. */
export async function canMount(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !have('mount')) return false;
  const probe = tempDirectory('mount');
  const mounted = await exec({
    argv: ['mount', '-t', 'tmpfs', '-o', 'size=64k', 'trustkeep-test', probe.path],
    timeoutMs: 30_000,
  });
  if (mounted.code === 0) await exec({ argv: ['umount', probe.path], timeoutMs: 30_000 });
  probe.remove();
  return mounted.code === 0;
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
  const result = await exec({ argv, timeoutMs: 30_000 });
  if (result.code !== 0) throw new Error(`${argv.join(' ')} failed: ${result.stderr.toString()}`);
}
