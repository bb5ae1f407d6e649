/** Packages of the Python package index that tests import, each set fetched once into a directory outside the tree. */
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { besides, inTestCache, lastLineOf, pipManners, quietly } from './test-cache.ts';

export interface PythonSite {
  /** As a person calls it. */
  title: string;
  /** Directory within the cache. */
  place: string;
  /** A module that is there when it is whole. */
  module: string;
  /** `name==version sha256`, all that they need among them. */
  packages: readonly string[];
  /** There are wheels of all of them: nothing of theirs is run to install them. */
  wheelsOnly: boolean;
}

/** Directory for PYTHONPATH that was fetched before; null: none was. Fetches nothing. */
export function fetchedSite(site: PythonSite): string | null {
  const directory = inTestCache(site.place);
  return process.platform === 'linux' && existsSync(join(directory, site.module)) ? directory : null;
}

/** As `fetchedSite`, and fetches it first. Null where the index does not give it, with the reason told to `say`. */
export async function findSite(site: PythonSite, say: (line: string) => void): Promise<string | null> {
  const fetched = fetchedSite(site);
  if (fetched !== null || process.platform !== 'linux' || process.arch !== 'x64') return fetched;
  const place = inTestCache(site.place);
  return besides(place, async (work) => {
    say(`Fetching ${site.title} (once)…`);
    const wanted = join(work, 'requirements.txt');
    await writeFile(wanted, site.packages.map((line) => line.replace(' ', ' --hash=sha256:')).join('\n'));
    const made = join(work, 'site');
    const options = [...pipManners, '--root-user-action=ignore', '-r', wanted, '--target', made];
    if (site.wheelsOnly) options.push('--only-binary=:all:');
    const { code, said } = await quietly(['python3', '-m', 'pip', 'install', ...options]);
    if (code !== 0) say(`${site.title} could not be fetched: ${lastLineOf(said)}`);
    // another process may have been quicker
    else await rename(made, place).catch(() => {});
    return fetchedSite(site);
  });
}
