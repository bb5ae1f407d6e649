import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LicensedPart, licensedPart } from '../../build/licenses.ts';
import { root } from '../electron/paths.ts';

interface Packed {
  /** Folders of what was built; each lists what is inside it. */
  built: readonly string[];
  /** Each `node_modules` beside them. */
  modules: readonly string[];
  nodeLicense: string;
  /** Whether it has a window. */
  electron: boolean;
}

/**
 * Everything of others in a package, by name: what is inside the built parts, the modules beside them, Electron, and the
 * Node of the command line.
 */
export async function partsOf({ built, modules, nodeLicense, electron }: Packed): Promise<LicensedPart[]> {
  const found = new Map<string, LicensedPart>();
  const add = (part: LicensedPart): unknown => found.set(`${part.name}@${part.version}`, part);
  for (const folder of built) {
    const list: LicensedPart[] = JSON.parse(await readFile(join(folder, 'licenses.json'), 'utf8'));
    for (const part of list) add(part);
  }
  for (const folder of (await Promise.all(modules.map(packagesIn))).flat()) add(licensedPart(folder));
  if (electron) add(electronPart());
  const { version } = JSON.parse(await readFile(join(root, 'node_modules', 'node', 'package.json'), 'utf8'));
  add({ name: 'node', version, license: 'MIT', text: await readFile(nodeLicense, 'utf8') });
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function electronPart(): LicensedPart {
  const part = licensedPart(join(root, 'node_modules', 'electron'));
  const more = 'Chromium and what it is made of: LICENSES.chromium.html beside the program.';
  return { ...part, text: `${part.text}\n\n${more}` };
}

async function packagesIn(modules: string): Promise<string[]> {
  const names = await readdir(modules);
  const nested = await Promise.all(
    names
      .filter((name) => name.startsWith('@'))
      .map(async (scope) => (await readdir(join(modules, scope))).map((name) => join(scope, name))),
  );
  return [...names, ...nested.flat()]
    .map((name) => join(modules, name))
    .filter((folder) => existsSync(join(folder, 'package.json')));
}
