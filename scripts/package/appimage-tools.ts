import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../electron/run.ts';

/**
 * The folder of tools that electron-builder makes an AppImage with: this system's own squashfs-tools and
 * desktop-file-utils, and the runtime, the program an AppImage begins with, from the file that is named. Made in `work`,
 * which is not the project: electron-builder packs no links that lead out of it.
 */
export async function appImageTools(runtime: string, arch: string, work: string): Promise<string> {
  const folder = await mkdtemp(join(work, 'appimage-'));
  for (const tool of ['mksquashfs', 'desktop-file-validate']) {
    const path = (await run(['sh', '-c', 'command -v "$1"', 'sh', tool])).trim();
    await symlink(path, join(folder, tool));
  }
  await mkdir(join(folder, 'runtimes'));
  await mkdir(join(folder, 'lib', arch), { recursive: true }); // libraries of 2019: none is needed
  await symlink(runtime, join(folder, 'runtimes', `runtime-${arch}`));
  return folder;
}
