import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownerOnly } from '#test/make/owner-only.ts';
import { backupDatabase } from '../../../electron/database/backup.ts';
import { refuseGone, settleGone } from '../../../electron/database/gone-database.ts';
import { now } from '../../make/database.ts';
import { anEndpoint } from '../../make/rows.ts';
import { mode, open, path, prepareDirectory } from './opened-database.ts';

prepareDirectory();

/** A data directory in use for a while, with a backup of one endpoint, closed. */
function used(): void {
  const database = open();
  database.endpoints.insert(anEndpoint({ name: 'web1' }));
  backupDatabase(database, now - 5);
  database.endpoints.insert(anEndpoint({ name: 'since then' }));
  database.close();
}

const folder = () => dirname(path);
const names = () => readdirSync(folder()).sort();
const from = new Date(now - 5).toISOString();

describe('a database that is gone', () => {
  test.each([
    ['was removed', () => rmSync(path)],
    ['has no length', () => writeFileSync(path, '')],
  ])('is not taken for a first start when it %s: both ways are named, and nothing is touched', (_, lose) => {
    used();
    lose();
    const before = names();
    expect(() => refuseGone(path)).toThrow(
      expect.objectContaining({
        code: 'database.gone',
        message: `The database ${path} is gone, but there are backups of it, the newest of ${from}.`,
        hint: `Put the newest backup in its place with "trustkeep recover --data-directory ${folder()}", or begin with an empty database with "trustkeep recover --data-directory ${folder()} --new-start". Nothing was changed.`,
      }),
    );
    expect(names()).toEqual(before);
  });

  test('continues from its newest intact backup, whose tasks are known to be old', () => {
    used();
    writeFileSync(join(folder(), 'backups', `trustkeep.db-${now}.backup`), 'newer, and no good');
    rmSync(path);
    writeFileSync(`${path}-wal`, 'of the database that is gone');
    expect(settleGone(path, 'backup', now)).toBe(
      `The database was gone; its backup of ${from} was put in its place.`,
    );
    const database = open();
    expect(database.endpoints.list().map(({ name }) => name)).toEqual(['web1']);
    expect(database.meta.get('restored-from')).toBe(String(now - 5));
    expect(mode(path)).toBe(ownerOnly);
    expect(names()).toContain(`trustkeep.db.gone-${now}-wal`);
    expect(() => refuseGone(path)).not.toThrow();
  });

  test('begins again when a person says so, and what was left is kept apart, master key included', () => {
    used();
    writeFileSync(join(folder(), 'master.key'), 'the key of the old one');
    rmSync(path);
    const aside = join(folder(), `before-new-start-${now}`);
    expect(settleGone(path, 'new-start', now)).toContain(`is kept in ${aside}.`);
    expect(readdirSync(aside).sort()).toEqual(['backups', 'master.key', 'trustkeep.db-ballast']);
    expect(() => refuseGone(path)).not.toThrow();
    expect(open().endpoints.list()).toEqual([]);
  });

  test('without an intact backup is refused too, and no backup is promised', () => {
    used();
    for (const name of readdirSync(join(folder(), 'backups')))
      writeFileSync(join(folder(), 'backups', name), 'no good');
    rmSync(path);
    const refused = expect.objectContaining({
      code: 'database.gone-without-backup',
      message: expect.stringContaining('files of it are still there: backups, trustkeep.db-ballast.'),
    });
    expect(() => refuseGone(path)).toThrow(refused);
    expect(() => settleGone(path, 'backup', now)).toThrow(refused);
    expect(existsSync(path)).toBe(false);
  });

  test('is not what a first start is, nor a database that is there', () => {
    expect(() => refuseGone(path)).not.toThrow();
    used();
    expect(() => refuseGone(path)).not.toThrow();
    for (const answer of ['backup', 'new-start'] as const)
      expect(() => settleGone(path, answer, now)).toThrow(
        expect.objectContaining({ code: 'database.not-gone' }),
      );
    expect(open().endpoints.list()).toHaveLength(2);
  });
});
