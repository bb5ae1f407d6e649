import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { readySealer } from '#test/make/database.ts';
import { canMount, mountTiny } from '#test/servers/tiny-disk.ts';
import { backupDatabase } from '../../../electron/database/backup.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { BuiltProgram, slow } from './built-program.ts';

const trustkeep = new BuiltProgram();
const mountable = await canMount();

/** Makes the database where none is. */
const begin = ['settings', 'set', '--scan_hours', '7'];

test.runIf(mountable)(
  'a data directory that is mounted read-only is said in one sentence',
  async () => {
    const path = join(trustkeep.directory, 'disk');
    const disk = await mountTiny(path, '8m');
    try {
      expect((await trustkeep.run(...begin, '--data-directory', path)).code).toBe(0);
      await disk.makeReadOnly();
      for (const words of [['tls', 'list'], ['settings', 'set', '--scan_hours', '8'], ['run']]) {
        const { code, said } = await trustkeep.run(...words, '--data-directory', path);
        expect(said).toContain(`The data directory ${path} is on a file system that is mounted read-only.`);
        expect(said.trim().split('\n')).toHaveLength(2);
        expect(code).toBe(1);
      }
    } finally {
      await disk.unmount();
    }
  },
  slow,
);

describe('a command that only reads', () => {
  test('makes nothing where no database is, and says so', async () => {
    const path = join(trustkeep.directory, 'mistyped');
    for (const words of [['tls', 'list'], ['tls', 'remove', 'web1'], ['recover']]) {
      const { code, out, said } = await trustkeep.run(...words, '--data-directory', path);
      expect(said).toContain(`There is no Trustkeep database at ${join(path, 'trustkeep.db')}.`);
      expect([code, out, existsSync(path)]).toEqual([5, '', false]);
    }
  });

  test(
    'refuses a database that is gone; it is recovered from its backup, and the audit log says so',
    async () => {
      const data = join(trustkeep.directory, 'data');
      expect((await trustkeep.run(...begin)).code).toBe(0);
      const path = join(data, 'trustkeep.db');
      const database = openDatabase({ path, clock: systemClock, log: silentLog, sealer: readySealer() });
      backupDatabase(database, systemClock.now());
      database.close();
      rmSync(path);
      for (const words of [['tls', 'list'], ['settings', 'set', '--scan_hours', '8'], ['run']]) {
        const { code, said } = await trustkeep.run(...words);
        expect(said).toContain('is gone, but there are backups of it');
        expect([code, existsSync(join(data, 'trustkeep.db'))]).toEqual([1, false]);
      }
      const recovered = await trustkeep.run('recover');
      expect(recovered.out).toMatch(/^The database was gone; its backup of .* was put in its place\.$/m);
      const rows = JSON.parse((await trustkeep.run('audit', 'list', '--json')).out);
      expect(rows[0]).toMatchObject({ action: 'agent.recover', origin: 'cli' });
      expect((await trustkeep.run('recover')).said).toContain('There is nothing to recover');
    },
    slow,
  );
});
