import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../electron/run.ts';

interface ToolOptions {
  runtime: string;
  arch: string;
  work: string;
  /** Compresses nothing, which electron-builder cannot ask for. */
  store: boolean;
}

/**
 * The folder of tools that electron-builder makes an AppImage with: this system's own squashfs-tools and
 * desktop-file-utils, and the runtime, the program an AppImage begins with, from the file that is named. Made in `work`,
 * which is not the project: electron-builder packs no links that lead out of it.
 */
export async function appImageTools({ runtime, arch, work, store }: ToolOptions): Promise<string> {
  const folder = await mkdtemp(join(work, 'appimage-'));
  const find = async (tool: string) => (await run(['sh', '-c', 'command -v "$1"', 'sh', tool])).trim();
  await symlink(await find('desktop-file-validate'), join(folder, 'desktop-file-validate'));
  const [squash, inPlace] = [await find('mksquashfs'), join(folder, 'mksquashfs')];
  const uncompressed = `#!/bin/sh\nexec '${squash}' "$@" -noI -noD -noF\n`;
  await (store ? writeFile(inPlace, uncompressed, { mode: 0o755 }) : symlink(squash, inPlace));
  await mkdir(join(folder, 'runtimes'));
  await mkdir(join(folder, 'lib', arch), { recursive: true }); // libraries of 2019: none is needed
  await symlink(runtime, join(folder, 'runtimes', `runtime-${arch}`));
  return folder;
}
