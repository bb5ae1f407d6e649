import { chmod, cp, lutimes, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../electron/run.ts';
import type { PackageOrder } from './words.ts';

/** The package that needs no name beside its kind: electron-updater reads the note about it as well. */
const usualName = 'trustkeep';

/** Lays out what the package installs, below a folder that stands for the root of a machine. */
export async function layOut(order: PackageOrder, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { from, to } of order.sources) {
    const at = join(folder, to);
    await mkdir(dirname(at), { recursive: true });
    // hard links: an Electron has 300 MB
    if (from.endsWith('/')) await run(['cp', '-al', from, at]).catch(() => run(['cp', '-a', from, at]));
    else await cp(from, at).then(() => chmod(at, 0o644));
  }
  for (const { at, to } of order.links) {
    const link = join(folder, at);
    await mkdir(dirname(link), { recursive: true });
    await symlink(to, link);
  }
  const type = order.name === usualName ? order.kind : `${order.kind} ${order.name}`;
  await writeFile(join(folder, 'opt', 'Trustkeep', 'resources', 'package-type'), type);
}

/** Every path below the folder, files and links, sorted, each beginning with a slash. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort();
}

/** Folders and scripts that everyone may read, whatever the umask of who packs. */
export async function openToAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  await chmod(folder, 0o755);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** The time of every file and folder: that of SOURCE_DATE_EPOCH, so that two builds of the same make the same. */
export async function dateAll(folder: string, seconds: number): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) await lutimes(join(entry.parentPath, entry.name), seconds, seconds);
  await lutimes(folder, seconds, seconds);
}
