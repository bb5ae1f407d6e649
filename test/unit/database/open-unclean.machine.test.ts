import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownerOnly } from '#test/make/owner-only.ts';
import type { Database } from '../../../electron/database/database.ts';
import { openDriver } from '../../../electron/database/open.ts';
import { now } from '../../make/database.ts';
import { anEndpoint } from '../../make/rows.ts';
import { mode, open, path, prepareDirectory } from './opened-database.ts';

prepareDirectory();

describe('the check after an unclean end', () => {
  /** Ruins pages with rows in them and keeps header and schema. */
  function ruin(): void {
    const bytes = readFileSync(path);
    bytes.fill(0xa5, bytes.length - 4096 * 12);
    writeFileSync(path, bytes);
  }
  function filled(): Database {
    const database = open();
    database.transaction(() => {
      for (let index = 0; index < 200; index += 1)
        database.endpoints.insert(anEndpoint({ name: `web ${index}` }));
    });
    return database;
  }
  const exitMark = (database: Database) => database.meta.get('exit');

  test('A clean end is marked, an open store is marked as open', () => {
    const database = open();
    expect(exitMark(database)).toBe('open');
    database.close();
    const raw = openDriver(path);
    expect(raw.get(`SELECT value FROM meta WHERE name = 'exit'`)).toEqual({ value: 'clean' });
    raw.close();
  });

  test('Closing twice is harmless', () => {
    const database = open();
    database.close();
    database.close();
  });

  test('Without a backup a damaged file is named and left alone', () => {
    filled().close();
    markUnclean();
    ruin();
    const before = readFileSync(path);
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'database.damaged',
        message: `The database ${path} is damaged, and there is no verified backup in ${join(dirname(path), 'backups')}.`,
      }),
    );
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(dirname(path)).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  function markUnclean(): void {
    const raw = openDriver(path);
    raw.run(`UPDATE meta SET value = 'open' WHERE name = 'exit'`);
    raw.close();
  }

  test('With a verified backup the damaged file is moved aside, both are named, and the next start goes on', async () => {
    const { backupDatabase } = await import('../../../electron/database/backup.ts');
    const database = filled();
    const backup = backupDatabase(database, now - 5);
    database.endpoints.insert(anEndpoint({ name: 'since then' }));
    database.close();
    writeFileSync(join(dirname(backup), `trustkeep.db-${now}.backup`), 'a newer backup that is no good');
    markUnclean();
    ruin();
    const damagedBytes = readFileSync(path);
    const aside = `${path}.damaged-${now}`;
    expect(() => open()).toThrow(
      expect.objectContaining({
        code: 'database.replaced',
        message: `The database ${path} was damaged; it is now ${aside}, and its backup of ${new Date(now - 5).toISOString()} was put in its place.`,
      }),
    );
    expect(readFileSync(aside)).toEqual(damagedBytes);
    expect(open().endpoints.list()).toHaveLength(200);
    expect(mode(path)).toBe(ownerOnly);
  });

  test('A file that is no database at all is damaged, empty is new', () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'not a database, but long enough to have a header: '.repeat(20));
    expect(() => open()).toThrow(expect.objectContaining({ code: 'database.damaged' }));
    writeFileSync(path, '');
    expect(open().endpoints.list()).toEqual([]);
  });

  test('Damage met while working is said as such', () => {
    filled().close();
    ruin(); // the clean mark is still there, so the start does not look
    const database = open();
    expect(() => database.endpoints.list()).toThrow(expect.objectContaining({ code: 'database.damaged' }));
  });
});
