import { accessSync, constants } from 'node:fs';
import { copyFile, link, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { copyChecked } from '../../updates/check-file.ts';
import type { Statement } from '../../updates/statement.ts';

/** Beside the image, so that one rename on one file system replaces it. */
const keptName = '.trustkeep-previous.AppImage';
const partName = '.trustkeep-update.part';

/** Throws `update.not-writable` where the image cannot be replaced. */
export function refuseUnwritableImage(image: string): void {
  try {
    accessSync(dirname(image), constants.W_OK);
  } catch (error) {
    throw notWritable(image, error);
  }
}

/**
 * Puts a checked file in the place of the image: at no moment is there none. What was written is hashed as it is written,
 * and counts only when it is what was signed.
 */
export async function replaceImage(image: string, file: string, statement: Statement): Promise<void> {
  const part = join(dirname(image), partName);
  try {
    await copyChecked(file, part, statement, 0o755);
    await rename(part, image);
  } catch (error) {
    throw onDisk(image, error);
  } finally {
    await rm(part, { force: true });
  }
}

/** Puts what was kept in the place of the image. */
export async function putBackImage(image: string, kept: string): Promise<void> {
  await rename(kept, image).catch((error: unknown) => {
    throw onDisk(image, error);
  });
}

/** Keeps the image beside itself; gives where. A second name costs nothing; some file systems know none. */
export async function keepImage(image: string): Promise<string> {
  const kept = join(dirname(image), keptName);
  const fresh = `${kept}.part`;
  try {
    await rm(fresh, { force: true });
    await link(image, fresh).catch(() => copyFile(image, fresh));
    await rename(fresh, kept);
    return kept;
  } catch (error) {
    throw onDisk(image, error);
  } finally {
    await rm(fresh, { force: true });
  }
}

function onDisk(image: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof Failure) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('update.disk-full', `There is not enough space in ${dirname(image)} for the update.`, {
      hint: 'Free some space on that disk, then install the update again. The version in use was not changed.',
      cause: error,
    });
  return notWritable(image, error);
}

function notWritable(image: string, error: unknown): Failure {
  const { code } = error as NodeJS.ErrnoException;
  return new Failure('update.not-writable', `Trustkeep is not allowed to replace ${image} (${code}).`, {
    hint: 'Move it into a folder that you can write to, or have an administrator update it. Nothing was changed.',
    cause: error,
  });
}
