import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Secret } from '../secrets/secret.ts';
import { refuseBadCopy } from './backup.ts';
import { backupExists, unwritableBackup } from './backup-failures.ts';
import { proveBackup, writeBackup } from './backup-file.ts';
import type { Database } from './database.ts';
import type { Driver } from './driver.ts';
import { partPath, syncDirectory } from './files.ts';
import { driverOf } from './sqlite-database.ts';

interface BackupRequest {
  /** Absolute. */
  path: string;
  passphrase: Secret;
  now: number;
  /** Of this program. */
  version: string;
  /** Hands the data key out; throws `keychain.*` while it is not at hand. */
  withDataKey<T>(use: (dataKey: Buffer) => T): T;
}

/**
 * Writes the whole database and the key of its secrets into one new file, encrypted under the passphrase, and reads it
 * back to its end. Overwrites nothing; leaves nothing behind when it fails. Needs little memory, whatever the size.
 */
export async function createBackup(database: Database, request: BackupRequest): Promise<{ bytes: number }> {
  if (existsSync(request.path)) throw backupExists(request.path);
  const driver = driverOf(database);
  const part = partPath(request.path);
  const copy = partPath(driver.path);
  try {
    // in one turn of the loop: the key is the one of just this copy
    const dataKey = request.withDataKey((key) => Buffer.from(key));
    try {
      copyWhole(driver, copy);
      const bytes = await writePart(part, copy, dataKey, request);
      await putUnderItsName(part, request.path);
      return { bytes };
    } finally {
      dataKey.fill(0);
    }
  } finally {
    await rm(part, { force: true }).catch(() => {}); // with a path that cannot be, nothing was written
    rmSync(copy, { force: true });
  }
}

/** A consistent copy in the data directory, the owner's alone; its secrets are sealed as they are in the database. */
function copyWhole(driver: Driver, copy: string): void {
  closeSync(openSync(copy, 'wx', 0o600));
  driver.run('VACUUM INTO ?', [copy]);
  refuseBadCopy(driver, copy);
}

async function writePart(
  part: string,
  copy: string,
  dataKey: Buffer,
  request: BackupRequest,
): Promise<number> {
  const facts = { format: 1 as const, madeAt: request.now, trustkeep: request.version };
  const database = await open(copy, 'r');
  try {
    const out = await open(part, 'wx', 0o600);
    let written: { bytes: number; hash: string };
    try {
      written = await writeBackup(out, request.passphrase, { facts, dataKey, database });
    } finally {
      await out.close();
    }
    await proveBackup(part, request.passphrase, written.hash);
    return written.bytes;
  } catch (error) {
    throw unwritableBackup(request.path, error);
  } finally {
    await database.close();
  }
}

/** A link refuses to overwrite, which a rename does not; a file system without links leaves only the look before. */
async function putUnderItsName(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || existsSync(path)) throw backupExists(path);
    await rename(part, path).catch((cause: unknown) => {
      throw unwritableBackup(path, cause);
    });
  }
  try {
    syncDirectory(dirname(path));
  } catch {
    // written, proved and named; some file systems sync no directories
  }
}
