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
import { driverOf } from './store.ts';

interface BackupWish {
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
export async function createBackup(database: Database, wish: BackupWish): Promise<{ bytes: number }> {
  if (existsSync(wish.path)) throw backupExists(wish.path);
  const driver = driverOf(database);
  const part = partPath(wish.path);
  const copy = partPath(driver.path);
  try {
    // in one turn of the loop: the key is the one of just this copy
    const dataKey = wish.withDataKey((key) => Buffer.from(key));
    try {
      copyWhole(driver, copy);
      const bytes = await writePart(part, copy, dataKey, wish);
      await putUnderItsName(part, wish.path);
      return { bytes };
    } finally {
      dataKey.fill(0);
    }
  } finally {
    await rm(part, { force: true });
    rmSync(copy, { force: true });
  }
}

/** A consistent copy in the data directory, the owner's alone; its secrets are sealed as they are in the database. */
function copyWhole(driver: Driver, copy: string): void {
  closeSync(openSync(copy, 'wx', 0o600));
  driver.run('VACUUM INTO ?', [copy]);
  refuseBadCopy(driver, copy);
}

async function writePart(part: string, copy: string, dataKey: Buffer, wish: BackupWish): Promise<number> {
  const facts = { format: 1 as const, madeAt: wish.now, trustkeep: wish.version };
  const database = await open(copy, 'r');
  try {
    const out = await open(part, 'wx', 0o600);
    let written: { bytes: number; hash: string };
    try {
      written = await writeBackup(out, wish.passphrase, { facts, dataKey, database });
    } finally {
      await out.close();
    }
    await proveBackup(part, wish.passphrase, written.hash);
    return written.bytes;
  } catch (error) {
    throw unwritableBackup(wish.path, error);
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
