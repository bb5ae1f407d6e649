import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { renameOver } from '#kit/rename-over.ts';

/**
 * What a version leaves for the one that follows it, in a file of its own: the new one may not be able to open the
 * database.
 *
 * ```
 *  installing ──new version starts──► started ──well for a while──► healthy
 *      │                                 │
 *      │ the installer was declined      └──not in time, or another start──► offered back ──► (installing, back)
 *      ▼
 *  did not take: the old version starts and finds `to` is not itself
 * ```
 */
const updateMark = z.object({
  format: z.literal(1),
  state: z.enum(['installing', 'started', 'healthy']),
  from: z.string(),
  to: z.string(),
  at: z.number().int(),
  /** How often the new version has started without becoming healthy. */
  starts: z.number().int(),
  /** What puts the previous version back: an AppImage, or an installer. Null: nothing was kept. */
  kept: z.string().nullable(),
  /** Base64 SHA-512 of what is kept, so that it is not another when it is needed. */
  keptSha512: z.string().nullable(),
  /** Version of the database that the previous version can open. */
  schema: z.number().int(),
  /** Why it could not be installed, where that is known. */
  trouble: z.string().nullable(),
});
export type UpdateMark = z.infer<typeof updateMark>;

/** Where downloads and the mark are. */
export function updatesFolder(dataDirectory: string): string {
  return join(dataDirectory, 'updates');
}

const markPath = (folder: string): string => join(folder, 'update.json');

/** Null: no update was ever begun, or its mark is damaged. */
export function readMark(folder: string): UpdateMark | null {
  try {
    return updateMark.parse(JSON.parse(readFileSync(markPath(folder), 'utf8')));
  } catch {
    return null;
  }
}

/** Whole or not at all, and on the disk when it comes back. */
export function writeMark(folder: string, mark: UpdateMark): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const part = `${markPath(folder)}.part`;
  const file = openSync(part, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(mark));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameOver(part, markPath(folder));
}
