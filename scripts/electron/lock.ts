import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const fresh = 10_000;

/** Runs `work` while no other process runs work under the same lock folder. A lock whose process is gone is taken over. */
export async function locked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lock), { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (await abandoned(lock)) await rm(lock, { recursive: true, force: true });
      else await sleep(250);
    }
  }
  try {
    await writeFile(join(lock, 'pid'), String(process.pid));
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function abandoned(lock: string): Promise<boolean> {
  try {
    process.kill(Number(await readFile(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return false;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return true;
    const age = await stat(lock)
      .then((at) => Date.now() - at.mtimeMs)
      .catch(() => 0); // made, but its pid not written yet
    return age > fresh;
  }
}
