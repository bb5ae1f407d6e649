import { renameSync, rmSync, utimesSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asFailure, Failure } from '#shared/failure.ts';
import type { AuditEntry } from '#shared/model/audit.ts';
import type { ForeignDatabase } from '../secrets/adopt-database.ts';
import { databaseEnvelope } from '../secrets/database-envelope.ts';
import { type KeyNotes, readKeyNotes, writeKeyNotes } from '../secrets/key-notes.ts';
import type { Secret } from '../secrets/secret.ts';
import { AuditRepository } from './audit.ts';
import { backupDamaged, newerBackup } from './backup-failures.ts';
import { type BackupContent, withBackup, writeAll } from './backup-file.ts';
import { restoredNote } from './database.ts';
import type { Driver } from './driver.ts';
import { isOwnFile, partPath, readStart, syncDirectory, syncFile } from './files.ts';
import { applicationId } from './header.ts';
import { MetaRepository } from './meta.ts';
import { migrate, migrations, versionOf } from './migrate.ts';
import { openDriver } from './open.ts';
import { asidePath, stagedPath } from './put-restored.ts';

interface RestoreRequest {
  /** Absolute: the backup. */
  path: string;
  passphrase: Secret;
  /** Absolute: the database whose place it takes. */
  databasePath: string;
  now: number;
  /** Makes a master key for it, kept as the present one is. */
  adopt(foreign: ForeignDatabase): Promise<void>;
  /** Who asked. */
  by: Pick<AuditEntry, 'origin' | 'actor'>;
}

/**
 * Reads a backup to its end, proves it and puts it, with a new master key of this machine, where the next start finds
 * it. Until the last step, which is one rename, nothing of it counts. Throws `backup.*`, `keychain.*`, `database.*`.
 */
export function restoreBackup(request: RestoreRequest): Promise<{ madeAt: number }> {
  return withBackup(request.path, request.passphrase, async (content) => {
    const part = partPath(request.databasePath);
    try {
      await unpack(part, content.database);
      const driver = openProved(part, request.path);
      try {
        await adopt(driver, part, content, request);
      } finally {
        driver.close();
      }
      return { madeAt: content.facts.madeAt };
    } finally {
      rmSync(part, { force: true });
    }
  });
}

async function unpack(part: string, database: AsyncGenerator<Buffer>): Promise<void> {
  let out: FileHandle | null = null;
  try {
    out = await open(part, 'wx', 0o600);
    for await (const piece of database) await writeAll(out, piece);
  } catch (error) {
    throw noRoom(part, error);
  } finally {
    await out?.close();
  }
}

function noRoom(part: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof Failure || code === undefined) return error;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new Failure(
    full ? 'database.disk-full' : 'database.not-writable',
    full
      ? `There is not enough space in ${dirname(part)} to unpack the backup.`
      : `${part} cannot be created (${code}).`,
    {
      hint: 'Free some space in the data directory, then restore again. Nothing was changed.',
      retry: 'needs-person',
      cause: error,
    },
  );
}

/** What was decrypted is what was written; whether that is a whole database of ours is looked at all the same. */
function openProved(part: string, path: string): Driver {
  const start = readStart(part, 100);
  if (start.length < 100 || start.readUInt32BE(68) !== applicationId) throw backupDamaged(path);
  if (start.readUInt32BE(60) > migrations.length) throw newerBackup(path);
  const driver = openDriver(part);
  try {
    driver.pragma('journal_mode = DELETE');
    driver.pragma('synchronous = FULL');
    driver.pragma('secure_delete = ON');
    driver.pragma('trusted_schema = OFF');
    if (driver.pragma('integrity_check(1)') !== 'ok' || versionOf(driver) === 0) throw backupDamaged(path);
    migrate(driver);
    return driver;
  } catch (error) {
    driver.close();
    throw asFailure(error).code === 'database.damaged' ? backupDamaged(path, error) : error;
  }
}

async function adopt(
  driver: Driver,
  part: string,
  { facts, dataKey }: BackupContent,
  request: RestoreRequest,
): Promise<void> {
  const meta = new MetaRepository(driver);
  const notes = readKeyNotes(meta);
  if (notes === null || !opensSomething(driver, dataKey, notes)) throw backupDamaged(request.path);
  await request.adopt({
    notes,
    dataKey: Buffer.from(dataKey),
    passphrase: request.passphrase,
    stage(fresh, envelope) {
      driver.transaction(() => {
        writeKeyNotes(meta, fresh);
        meta.set(restoredNote, String(facts.madeAt));
        new AuditRepository(driver, envelope).append(entryOf(request, facts.madeAt));
      });
      driver.close();
      return stage(part, request);
    },
  });
}

/** Of what is sealed in it, at least one opens; or nothing is. A single damaged value is no reason to refuse. */
function opensSomething(driver: Driver, dataKey: Buffer, notes: KeyNotes): boolean {
  const envelope = databaseEnvelope(Buffer.from(dataKey), notes);
  const rows = driver.all(
    `SELECT 'audit' AS owner, 'head' AS name, seal AS sealed, NULL AS wrapped FROM audit_head WHERE seal IS NOT NULL
     UNION ALL SELECT * FROM (SELECT s.owner, s.name, sealed, wrapped FROM secrets AS s
     LEFT JOIN secret_keys AS k ON k.owner = s.owner AND k.name = s.name LIMIT 100)`,
  );
  const opens = rows.some(({ owner, name, sealed, wrapped }) => {
    try {
      const row = { sealed: sealed as Uint8Array, wrapped: wrapped as Uint8Array | null };
      envelope.openRow({ owner: String(owner), name: String(name) }, row).wipe();
      return true;
    } catch {
      return false;
    }
  });
  envelope.wipe();
  return opens || rows.length === 0;
}

function entryOf(
  { by, now, path, databasePath }: RestoreRequest,
  madeAt: number,
): Omit<AuditEntry, 'number' | 'previousHash' | 'hash'> {
  const from = new Date(madeAt).toISOString();
  return {
    ...by,
    at: now,
    action: 'backups.restore',
    subject: null,
    outcome: 'ok',
    sentence: `This database was restored from the backup ${path} of ${from}; the previous one is kept as ${asidePath(databasePath, now)}.`,
  };
}

/** From the rename on, the next start takes it. Its time names what it puts aside. */
function stage(part: string, { databasePath, now }: RestoreRequest): KeyNotes | null {
  const staged = stagedPath(databasePath);
  utimesSync(part, now / 1000, now / 1000);
  syncFile(part);
  const before = isOwnFile(staged) ? notesIn(staged) : null;
  renameSync(part, staged);
  syncDirectory(dirname(staged));
  return before;
}

/** Null when they cannot be read: then an entry stays in the keychain that nobody uses. */
function notesIn(path: string): KeyNotes | null {
  let driver: Driver | null = null;
  try {
    driver = openDriver(path, { readonly: true });
    return readKeyNotes(new MetaRepository(driver));
  } catch {
    return null;
  } finally {
    driver?.close();
  }
}
