import { readdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncDirectory } from './replace.ts';
import { troubleOf } from './trouble.ts';

/** Removes a file and what writes of it have left. Not there is well; a directory is EISDIR. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch(async (error: unknown) => {
    if (troubleOf(error) === 'missing') return;
    // Linux says EISDIR, others EPERM
    const isDirectory = (await stat(path).catch(() => null))?.isDirectory();
    throw isDirectory ? Object.assign(new Error('is a directory'), { code: 'EISDIR' }) : error;
  });
  await removeLeftovers(path);
  await syncDirectory(dirname(path));
}

const random = /^[0-9a-f]{16}/;

/** Removes what writes of this path have left beside it, whatever its age. */
export async function removeLeftovers(path: string): Promise<void> {
  const [directory, start] = [dirname(path), `.${basename(path).slice(0, 200)}.trustkeep-`];
  const names = await readdir(directory).catch(() => []); // it may not be there
  for (const name of names)
    if (name.startsWith(start) && random.test(name.slice(start.length))) await unlink(join(directory, name));
}
