import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Copies what stays outside the bundle: the product's dependencies with theirs, without sources to compile. */
export async function copyModules(root: string, target: string): Promise<void> {
  const { dependencies } = await packageOf(root);
  const wanted = new Set(Object.keys(dependencies ?? {}));
  for (const name of wanted) {
    const from = join(root, 'node_modules', name);
    if (!existsSync(from)) continue; // an optional one for another platform
    const { dependencies: needs, optionalDependencies: mayNeed } = await packageOf(from);
    for (const needed of Object.keys({ ...needs, ...mayNeed })) wanted.add(needed);
    const to = join(target, 'node_modules', name);
    await cp(from, to, { recursive: true, filter: (path) => !/better-sqlite3\/(deps|src)$/.test(path) });
  }
}

interface Package {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

async function packageOf(folder: string): Promise<Package> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}
