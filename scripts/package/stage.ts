import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LicensedPart } from '../../build/licenses.ts';
import { root } from '../electron/paths.ts';
import { windowsOnly, writeCommandLine } from './command-line.ts';
import { copyModulesFor } from './modules.ts';
import { partsOf } from './parts.ts';
import type { Target } from './target.ts';

interface StageOptions {
  target: Target;
  /** The built application: `main`, `preload`, `renderer`. */
  built: string;
  /** The built command line. */
  commandLine: string;
  /** Made anew. */
  folder: string;
  /** Instead of that of package.json: for an update from one to the next. */
  version?: string;
}

/**
 * The folder that electron-builder packs for one target: what the product runs with, and nothing of what the project is
 * developed with, so that what is packed does not depend on what is installed here. Gives the parts of others in it.
 */
export async function stage(options: StageOptions): Promise<LicensedPart[]> {
  const { target, folder } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of ['electron-builder.yml', 'build', 'LICENSE'])
    await cp(join(root, name), join(folder, name), { recursive: true });
  const { devDependencies: _, ...about } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  if (options.version !== undefined) about.version = options.version;
  for (const name of windowsOnly) delete about.dependencies[name];
  // electron-builder makes no Linux package without an address; those packages do not tell of this one, Windows would
  const home = process.env.TRUSTKEEP_HOMEPAGE || (target.system === 'linux' && 'https://trustkeep.invalid/');
  if (home) about.homepage = home;
  await writeFile(join(folder, 'package.json'), JSON.stringify(about, null, 2));
  await copyModulesFor(target, Object.keys(about.dependencies), root, folder);
  for (const part of ['main', 'preload', 'renderer'])
    await cp(join(options.built, part), join(folder, 'out', part), { recursive: true });
  await writeCommandLine(target, options.commandLine, join(folder, 'resources', 'cli'));
  const parts = await partsOf({
    built: [join(options.built, 'main'), join(options.built, 'renderer'), options.commandLine],
    modules: [join(folder, 'node_modules'), join(folder, 'resources', 'cli', 'node_modules')],
    nodeLicense: join(folder, 'resources', 'cli', 'NODE-LICENSE.txt'),
    electron: true,
  });
  const list = JSON.stringify(parts);
  for (const place of [join('out', 'main'), join('resources', 'cli')])
    await writeFile(join(folder, place, 'licenses.json'), list);
  await rm(join(folder, 'out', 'renderer', 'licenses.json'));
  const service = join(root, 'build', 'service');
  if (existsSync(service)) await cp(service, join(folder, 'resources', 'service'), { recursive: true });
  return parts;
}
