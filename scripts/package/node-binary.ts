import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../electron/paths.ts';
import { fetchPackage, hashOf, installedPackage } from './fetch.ts';
import { nameOf, type Target } from './target.ts';

interface NodeBinary {
  /** The program itself. */
  program: string;
  /** Its license and those of what it is made of. */
  license: string;
}

interface Pinned {
  version: string;
  /** By target: the package that has it, that package's integrity, and the SHA-256 of the program in it. */
  binaries: Record<string, { package: string; integrity: string; sha256: string }>;
}

/**
 * The Node that plays the command line of a package: the one the project is developed with, for the target. From this
 * machine's installation where it is the same, else fetched. Refused unless it is the pinned one, byte for byte.
 */
export async function nodeBinary(target: Target): Promise<NodeBinary> {
  const { version, binaries }: Pinned = JSON.parse(
    await readFile(join(root, 'build', 'node-binaries.json'), 'utf8'),
  );
  const pinned = binaries[nameOf(target)];
  if (pinned === undefined) return given(target, version);
  const folderOf = (one: Pinned['binaries'][string]) =>
    installedPackage(one.package, join(root, 'node_modules', 'node')) ??
    fetchPackage(one.package, version, one.integrity);
  const found = inFolder(await folderOf(pinned), target);
  // the package for Windows has the program alone; the license is the same everywhere
  const { 'linux-x64': full } = binaries;
  if (!existsSync(found.license) && full !== undefined)
    found.license = inFolder(await folderOf(full), target).license;
  const sha256 = await hashOf(found.program, 'sha256', 'hex');
  if (sha256 !== pinned.sha256)
    throw new Error(`${found.program} has the SHA-256 ${sha256}, but must have ${pinned.sha256}`);
  return found;
}

/** For a target that has no package of this version: whoever packs lays it ready, and has compared its sum. */
function given(target: Target, version: string): NodeBinary {
  const name = `TRUSTKEEP_NODE_${nameOf(target).toUpperCase().replace('-', '_')}`;
  const folder = process.env[name];
  if (!folder)
    throw new Error(
      `No package has Node ${version} for ${nameOf(target)}: name its folder (bin, LICENSE) in ${name}.`,
    );
  return inFolder(folder, target);
}

const inFolder = (folder: string, { system }: Target): NodeBinary => ({
  program: join(folder, 'bin', system === 'win' ? 'node.exe' : 'node'),
  license: join(folder, 'LICENSE'),
});
