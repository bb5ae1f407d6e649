import { readdir, readlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LicensedPart } from '../../build/licenses.ts';
import { hashOf } from './fetch.ts';
import { billOfMaterials } from './sbom.ts';

/** Writes beside each package its sum, its bill of materials (`.cdx.json`) and the list of its files (`.files`), which lie in `folder`. */
export async function writeBeside(
  packages: readonly string[],
  { folder, parts }: { folder: string; parts: readonly LicensedPart[] },
): Promise<void> {
  const [list, bill] = await Promise.all([listOf(folder), billOfMaterials(parts)]);
  for (const file of packages) {
    await writeSum(file);
    await writeFile(`${file}.cdx.json`, bill);
    await writeFile(`${file}.files`, list);
  }
}

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
