import { readFileSync, statfsSync } from 'node:fs';

const place = '/dev/shm';
const enoughBytes = 1024 ** 3;

/**
 * A directory in memory for what tests write, so that a store which waits for the disk at every commit waits for
 * nothing; null where there is none, where it is small, or where nothing in it may be executed (as in many containers).
 */
export function memoryDirectory(): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === place);
    const [, , type, options = ''] = mount?.split(' ') ?? [];
    const { bavail, bsize } = statfsSync(place);
    const fits = type === 'tmpfs' && !options.split(',').includes('noexec') && bavail * bsize >= enoughBytes;
    return fits ? place : null;
  } catch {
    return null;
  }
}
