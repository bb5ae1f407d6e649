import { readdir, readlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hashOf } from './fetch.ts';

/** Writes `<file>.sha512` beside a file, as `sha512sum --check` reads it. */
export async function writeSum(file: string): Promise<void> {
  await writeFile(`${file}.sha512`, `${await hashOf(file, 'sha512', 'hex')}  ${basename(file)}\n`);
}

/**
 * Every file of a packed folder with its SHA-256, sorted; of links, where they lead. Two builds of the same commit give the
 * same text.
 */
export async function listOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const told = entry.isSymbolicLink()
          ? `-> ${await readlink(path)}`
          : await hashOf(path, 'sha256', 'hex');
        return `${path.slice(folder.length + 1).replaceAll('\\', '/')}  ${told}\n`;
      }),
  );
  return lines.sort().join('');
}
