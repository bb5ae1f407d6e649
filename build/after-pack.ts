import { existsSync } from 'node:fs';
import { readdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { machineOf } from './machines.ts';

interface Packed {
  appOutDir: string;
  electronPlatformName: string;
  /** electron-builder's numbers: 1 is x64, 3 is arm64. */
  arch: number;
}

/** Of the desktop in its archive's shadow, of the command line in its own folder. */
const desktopModules = join('app.asar.unpacked', 'node_modules');
const ownModules = join('cli', 'node_modules');

/**
 * Stops the packing when a program or native module of another machine got in, or one is missing: easily done from
 * another system. Then one copy of each native module serves both the desktop and the command line, where packages can
 * hold links.
 */
export async function afterPack(packed: Packed): Promise<void> {
  const entries = await readdir(packed.appOutDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await checkMachines(packed, files);
  if (packed.electronPlatformName !== 'win32') await linkModules(files);
}

async function checkMachines(packed: Packed, files: readonly string[]): Promise<void> {
  const machine = machineOf(packed.electronPlatformName, packed.arch);
  if (machine === undefined) throw new Error(`nothing is packed for ${packed.electronPlatformName}`);
  const modules = files.filter((file) => file.endsWith('.node'));
  for (const place of [desktopModules, ownModules]) {
    for (const wanted of ['better-sqlite3', 'keyring']) {
      if (!modules.some((file) => file.includes(join(place, '')) && file.includes(wanted)))
        throw new Error(`no native module of ${wanted} was packed below ${place}`);
    }
  }
  const program = packed.electronPlatformName === 'win32' ? 'trustkeep.exe' : 'node';
  const node = files.filter((file) => file.endsWith(join('cli', program)));
  if (node.length !== 1) throw new Error('no Node for the command line was packed');
  for (const file of [...modules, ...node]) {
    if (!machine.is(await readFile(file))) throw new Error(`${file} is not for ${machine.name}`);
  }
}

async function linkModules(files: readonly string[]): Promise<void> {
  for (const file of files) {
    if (!file.endsWith('.node') || !file.includes(ownModules)) continue;
    const other = file.replace(ownModules, desktopModules);
    if (!existsSync(other) || !(await readFile(other)).equals(await readFile(file)))
      throw new Error(`${basename(file)} is not the one of the desktop`);
    await rm(file);
    await symlink(relative(dirname(file), other), file);
  }
}
