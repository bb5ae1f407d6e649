import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The shapes that a suite runs over, one for each id of a table: the files of `test/conformance/<family>/`, each named
 * like the id it is for and exporting `shape`. An id without a shape and a shape without an id both fail the suite:
 * nothing is left out quietly.
 */
export async function shapesOf<I extends string, S>(
  family: string,
  ids: readonly I[],
): Promise<[id: I, shape: S][]> {
  const folder = join(import.meta.dirname, family);
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  const stray = files.filter((name) => !ids.some((id) => id === name));
  if (stray.length > 0) throw new Error(`These shapes are never run: ${stray.join(', ')}.`);
  const missing = ids.filter((id) => !files.includes(id));
  if (missing.length > 0)
    throw new Error(`test/conformance/${family} has no shape for ${missing.join(', ')}.`);
  return Promise.all(
    ids.map(async (id): Promise<[I, S]> => {
      const { shape }: { shape: S } = await import(pathToFileURL(join(folder, `${id}.ts`)).href);
      return [id, shape];
    }),
  );
}
