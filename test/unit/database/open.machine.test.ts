import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeLog, silentLog } from '#kit/log.ts';
import { ownerOnly } from '#test/make/owner-only.ts';
import type { Database } from '../../../electron/database/database.ts';
import type { Driver } from '../../../electron/database/driver.ts';
import { refuseOldRuntime, refuseOldSqlite } from '../../../electron/database/load-sqlite.ts';
import { migrate, migrations } from '../../../electron/database/migrate.ts';
import { openDatabase, openDriver } from '../../../electron/database/open.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { clockAt, now } from '../../make/database.ts';
import { anEndpoint } from '../../make/rows.ts';
import { directory, mode, open, opened, path, prepareDirectory, sealer } from './opened-database.ts';

prepareDirectory();

const driverOf = (database: Database): Driver => (database as SqliteDatabase).driver;

/** Another SQLite file, made as some other program would. */
function foreign(statements: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const driver = openDriver(path);
  driver.exec(statements);
  driver.close();
}

describe('permissions and settings', () => {
  test.skipIf(process.platform === 'win32')(
    'Directory, database, log and index are the owner’s alone',
    () => {
      const before = process.umask(0o022);
      try {
        open().meta.set('x', '1');
      } finally {
        process.umask(before); // other tests share this process
      }
      expect(mode(dirname(path))).toBe(0o700);
      for (const end of ['', '-wal', '-shm', '-ballast']) expect(mode(`${path}${end}`), end).toBe(0o600);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'A file that was opened to others is closed to them again',
    () => {
      open().close();
      chmodSync(path, 0o644);
      open().meta.set('x', '1');
      for (const end of ['', '-wal', '-shm']) expect(mode(`${path}${end}`), end).toBe(0o600);
    },
  );

  test('Every setting that durability and secrecy need is on', () => {
    const driver = driverOf(open());
    const settings = [
      'journal_mode',
      'synchronous',
      'foreign_keys',
      'secure_delete',
      'trusted_schema',
      'busy_timeout',
    ];
    expect(Object.fromEntries(settings.map((name) => [name, driver.pragma(name)]))).toEqual({
      journal_mode: 'wal',
      synchronous: 2,
      foreign_keys: 1,
      secure_delete: 1,
      trusted_schema: 0,
      busy_timeout: 5000,
    });
    expect(driver.pragma('journal_size_limit')).toBe(4 * 1024 * 1024);
  });

  test('Removed bytes are not in the file any more once the log is written back', () => {
    const database = open();
    const marker = Buffer.from('marker-of-a-removed-secret');
    driverOf(database).run('INSERT INTO secrets (owner, name, sealed) VALUES (?, ?, ?)', ['o', 'n', marker]);
    driverOf(database).pragma('wal_checkpoint(TRUNCATE)');
    database.secrets.put('o', 'other', Secret.of('stays'));
    database.secrets.remove('o', 'n');
    driverOf(database).pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    expect(readdirSync(dirname(path))).toContain('trustkeep.db');
    for (const file of readdirSync(dirname(path)))
      expect(readFileSync(join(dirname(path), file)).includes(marker), file).toBe(false);
  });

  test('The same bytes are in the file while they are kept (so that the test above can fail)', () => {
    const database = open();
    const marker = Buffer.from('marker-of-a-removed-secret');
    driverOf(database).run('INSERT INTO secrets (owner, name, sealed) VALUES (?, ?, ?)', ['o', 'n', marker]);
    database.close();
    expect(readFileSync(path).includes(marker)).toBe(true);
  });
});

describe('what is refused', () => {
  test('A database of another program is refused and not touched', () => {
    foreign('PRAGMA application_id = 7; CREATE TABLE notes (text)');
    const before = readFileSync(path);
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'database.not-ours', message: `${path} is not a Trustkeep database.` }),
    );
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(dirname(path))).toEqual(['trustkeep.db']);
  });

  test('A database of a newer Trustkeep is refused with both versions and not touched', () => {
    const database = open();
    driverOf(database).pragma(`user_version = ${migrations.length + 3}`);
    database.close();
    const before = readFileSync(path);
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'database.from-the-future',
        message: expect.stringContaining(
          `written by a newer version of Trustkeep (schema ${migrations.length + 3}; this version supports up to ${migrations.length})`,
        ),
      }),
    );
    expect(readFileSync(path)).toEqual(before);
  });

  test('A runtime in which the shipped binary would crash is refused in words', () => {
    const library = join(directory.path, 'package.json');
    const refused = expect.objectContaining({
      code: 'database.runtime-too-old',
      message: expect.stringMatching(/Node-API 9, 10 is needed/),
    });
    expect(() => refuseOldRuntime(() => library, undefined, '9')).toThrow(refused);
    expect(() => refuseOldRuntime(() => library, undefined, '10')).not.toThrow();
    expect(() => refuseOldRuntime(() => library, '/some/addon.node', '9')).not.toThrow();
    mkdirSync(join(directory.path, 'build/Release'), { recursive: true });
    writeFileSync(join(directory.path, 'build/Release/better_sqlite3.node'), '');
    expect(() => refuseOldRuntime(() => library, undefined, '9')).not.toThrow();
  });

  test('An SQLite with the log-reset fault is refused', () => {
    for (const version of ['3.51.2', '3.50.9', '2.99.99'])
      expect(() => refuseOldSqlite(version)).toThrow(
        expect.objectContaining({ code: 'database.sqlite-too-old' }),
      );
    for (const version of ['3.51.3', '3.52.0', '4.0.0']) expect(() => refuseOldSqlite(version)).not.toThrow();
  });

  test('A directory that cannot be made is named', () => {
    mkdirSync(directory.path, { recursive: true });
    writeFileSync(join(directory.path, 'data'), 'a file where the directory should be');
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'database.not-writable',
        message: expect.stringContaining(dirname(path)),
      }),
    );
  });
});

describe('migrations', () => {
  const second = (driver: Driver) => driver.exec('CREATE TABLE extra (x); INSERT INTO extra VALUES (1)');
  const broken = (driver: Driver) => {
    driver.exec('CREATE TABLE half (x)');
    throw new Error('the migration is broken');
  };

  test('Each step runs once, in order', () => {
    const driver = driverOf(open());
    expect(driver.pragma('user_version')).toBe(migrations.length);
    expect(migrate(driver)).toBe(false);
    expect(migrate(driver, [...migrations, second])).toBe(true);
    expect(migrate(driver, [...migrations, second])).toBe(false);
    expect(driver.all('SELECT x FROM extra')).toEqual([{ x: 1 }]);
  });

  test('A step that fails leaves nothing of itself, and the steps before it stay', () => {
    const driver = driverOf(open());
    expect(() => migrate(driver, [...migrations, second, broken])).toThrow('the migration is broken');
    expect(driver.pragma('user_version')).toBe(migrations.length + 1);
    expect(driver.get(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`)).toBeUndefined();
  });
});

describe('backups', () => {
  test('A backup is whole, sealed, the owner’s alone, and three are kept', async () => {
    const { backupDatabase, backupWhenDue, listBackups } = await import(
      '../../../electron/database/backup.ts'
    );
    const database = open();
    database.endpoints.insert(anEndpoint({ name: 'web' }));
    database.secrets.put('ep_1', 'password', Secret.of('hunter2hunter2'));
    for (let index = 1; index <= 5; index += 1) backupDatabase(database, now + index);
    expect(listBackups(path).map((backup) => backup.at - now)).toEqual([5, 4, 3]);
    const [newest] = listBackups(path);
    expect(readdirSync(dirname(newest!.path))).toHaveLength(3);
    expect(mode(newest!.path)).toBe(ownerOnly);
    expect(readFileSync(newest!.path).includes('hunter2')).toBe(false);
    const copy = openDatabase({ path: newest!.path, clock: clockAt(now), log: silentLog, sealer });
    opened.push(copy);
    expect(copy.endpoints.find('web')?.name).toBe('web');
    expect(copy.secrets.open('ep_1', 'password')?.text()).toBe('hunter2hunter2');
    expect(backupWhenDue(database, now + 1000)).toBeNull();
    expect(existsSync(backupWhenDue(database, now + 25 * 3600 * 1000)!)).toBe(true);
  });
});

test('Nothing of this is written to the log with a secret in it, and failures of the mark are', () => {
  const lines: string[] = [];
  const database = open(
    makeLog(
      (line) => lines.push(line),
      'debug',
      () => now,
    ),
  );
  database.secrets.put('ep_1', 'password', Secret.of('hunter2hunter2'));
  database.close();
  expect(lines.join()).not.toContain('hunter2');
});
