import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { type FileHandle, open, readdir, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import { waitBeforeRename } from '#kit/rename-over.ts';
import { leftoverMinutes } from '../common/file-failures.ts';
import { own } from './files.ts';
import { haveNothingToKeep, type Keeping, keep } from './rights.ts';
import { codeOf } from './trouble.ts';

const windows = process.platform === 'win32';

/** A new file beside the one it is to replace. */
interface Prepared {
  temporary: string;
  target: string;
}

/** Whose the new file is to be: -1 leaves an id as it is. */
interface Belongs {
  uid: number;
  gid: number;
  mode: number;
  /** As `keepRights` takes it. */
  acl: string;
  /** The file whose attributes and label it takes. Default: the one that is replaced. */
  like?: string | undefined;
  /** It takes nothing, and whatever its directory gave it may stay. */
  keepsNothing?: boolean | undefined;
}

type Fill = (file: FileHandle) => Promise<Belongs>;

/** A new file with its content, open, ours alone: it has yet to be given the rights it is to have. */
export interface Filled extends Prepared {
  file: FileHandle;
  belongs: Belongs;
}

/** As `fillAt`, where the symbolic links of `path` lead. */
export async function fillFor(path: string, clock: Clock, fill: Fill): Promise<Filled> {
  return fillAt(await whereItLeads(path), clock, fill);
}

/** Makes a new file beside `target`, lets `fill` write it, and gives it its owner. No temporary file stays when that does not work. */
export async function fillAt(target: string, clock: Clock, fill: Fill): Promise<Filled> {
  const directory = dirname(target);
  const name = basename(target).slice(0, 200);
  await removeOldLeftovers(directory, name, clock.now());
  const temporary = join(directory, `.${name}.trustkeep-${randomBytes(8).toString('hex')}`);
  const file = await open(temporary, 'wx+', 0o600);
  try {
    const belongs = await fill(file);
    await own(file, belongs.uid, belongs.gid);
    return { temporary, target, file, belongs };
  } catch (error) {
    await abandon([{ temporary, target, file }]);
    throw error;
  }
}

/** Whether `giveRights` has the mode alone to give to all of these. One program for them all. */
export function needModeAlone(filled: readonly Filled[]): Promise<boolean> {
  return haveNothingToKeep(filled.filter(({ belongs }) => belongs.keepsNothing !== true).map(keeping));
}

/** Gives a new file its rights, the mode last, and closes it. It stays when that does not work. `file.rights-not-kept`. */
export async function giveRights(filled: Filled, modeAlone: boolean): Promise<void> {
  const { file, belongs } = filled;
  if (!modeAlone && belongs.keepsNothing !== true) await keep(keeping(filled));
  if (!windows) await file.chmod(belongs.mode & 0o7777);
  await file.sync();
  await file.close();
}

const keeping = ({ temporary, target, belongs: { acl, like = target } }: Filled): Keeping => ({
  ...{ like, file: temporary, acl },
});

/** Closes and removes what is not going to be used. */
export async function abandon(files: readonly (Prepared & { file: FileHandle })[]): Promise<void> {
  for (const { file } of files) await file.close().catch(() => {}); // it may be closed, or the disk gone
  await discard(files);
}

/** Renames new files over the old ones, in their order, with nothing between. What is left of them after a failure is removed. */
export async function place(prepared: readonly Prepared[], clock: Clock): Promise<void> {
  try {
    if (windows) for (const { temporary, target } of prepared) await renameOver(temporary, target, clock);
    // nothing of ours runs between two of them
    else for (const { temporary, target } of prepared) renameSync(temporary, target);
  } catch (error) {
    await discard(prepared);
    throw error;
  }
  for (const directory of new Set(prepared.map(({ target }) => dirname(target))))
    await syncDirectory(directory);
}

async function discard(prepared: readonly Prepared[]): Promise<void> {
  for (const { temporary } of prepared) await unlink(temporary).catch(() => {}); // it may have been renamed
}

/** Like `realpath`, but the last name need not exist: a link may lead to a file that is yet to be made. */
async function whereItLeads(path: string, links = 40): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || links === 0) throw error;
  }
  const directory = await realpath(dirname(path));
  const link = await readlink(path).catch(() => null);
  return link === null ? join(directory, basename(path)) : whereItLeads(resolve(directory, link), links - 1);
}

export async function syncDirectory(directory: string): Promise<void> {
  if (windows) return; // directories cannot be opened there
  const handle = await open(directory, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** What writes of a path have left that are older than an hour: a younger one may be under way. */
async function removeOldLeftovers(directory: string, name: string, now: number): Promise<void> {
  const names = await readdir(directory).catch(() => []); // a directory may be writable and not readable
  for (const one of names.filter((other) => other.startsWith(`.${name}.trustkeep-`))) {
    const path = join(directory, one);
    const facts = await stat(path).catch(() => null);
    if (facts?.isFile() && now - facts.mtimeMs > leftoverMinutes * 60_000) await unlink(path).catch(() => {});
  }
}

/** As `renameOver` of the kit, without blocking. */
export async function renameOver(from: string, to: string, clock: Clock): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const wait = waitBeforeRename(error, turn);
      if (wait === undefined) throw error;
      await clock.sleep(wait);
    }
  }
}
