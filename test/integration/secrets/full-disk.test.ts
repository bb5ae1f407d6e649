import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tempDirectory } from '#test/make/directory.ts';
import { fill, sealedDatabase } from '#test/make/sealed-database.ts';
import { canMount, mountTiny, type TinyDisk } from '#test/servers/tiny-disk.ts';
import { createBackup } from '../../../electron/database/encrypted-backup.ts';
import { stagedPath } from '../../../electron/database/put-restored.ts';
import { restoreBackup } from '../../../electron/database/restore.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const values = 2000;

describe.skipIf(!(await canMount()))('on a full disk (needs root and permission to mount)', () => {
  let directory: ReturnType<typeof tempDirectory>;
  let disk: TinyDisk;
  let it: Awaited<ReturnType<typeof sealedDatabase>>;
  const at = (...names: string[]) => join(directory.path, 'disk', ...names);

  beforeEach(async () => {
    directory = tempDirectory('full');
    disk = await mountTiny(at(), '24m');
    it = await sealedDatabase({ directory: at() });
    fill(it.database, values);
    await it.masterKey.choose('os-keychain');
    it.driver.pragma('wal_checkpoint(TRUNCATE)');
  });
  afterEach(async () => {
    it.database.close();
    it.remove();
    await disk.unmount();
    directory.remove();
  });

  function leave(bytes: number): void {
    const { bavail, bsize } = statfsSync(at());
    writeFileSync(at('filler'), Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
  }
  const everything = () =>
    JSON.stringify([
      it.driver.all('SELECT * FROM secret_keys ORDER BY owner, name'),
      it.database.meta.get('secrets.key'),
      [...it.os.keys.keys()],
    ]);
  const opens = () => {
    for (const index of [0, 1, values - 1])
      expect(it.database.secrets.open(`cr_${index}`, 'password')?.text()).toBe(`value ${index}`);
  };

  test.each([0, 40, 120])('A rotation with room for %i KB says so and changes nothing', async (kilobytes) => {
    const before = everything();
    leave(kilobytes * 1024);
    await expect(it.rotate()).rejects.toMatchObject({
      code: 'database.disk-full',
      message: expect.stringMatching(/^There is not enough space for the database /),
    });
    rmSync(at('filler'));
    opens();
    it.database.close();
    Object.assign(it, it.start());
    expect(await it.masterKey.unlock()).toMatchObject({ state: 'ready' });
    expect(everything()).toBe(before);
    opens();
    expect(await it.rotate()).toEqual({ resealed: values, damaged: [] });
    opens();
  });

  test('A backup says which disk is full, and leaves nothing behind on either', async () => {
    const elsewhere = tempDirectory('elsewhere');
    const create = (path: string) =>
      createBackup(it.database, {
        path,
        passphrase: Secret.of('correct horse battery'),
        now: 1,
        version: '1',
        withDataKey: (use) => it.masterKey.withDataKey(use),
      });
    const size = Number(it.driver.pragma('page_count')) * 4096;
    leave(size + 100 * 1024); // for the copy, not for the backup too
    await expect(create(at('all.backup'))).rejects.toMatchObject({
      code: 'backup.disk-full',
      message: `There is not enough space for ${at('all.backup')}.`,
    });
    rmSync(at('filler'));
    leave(100 * 1024);
    await expect(create(join(elsewhere.path, 'all.backup'))).rejects.toMatchObject({
      code: 'database.disk-full',
    });
    expect(readdirSync(at()).filter((name) => /\.part|all\.backup/.test(name))).toEqual([]);
    expect(readdirSync(elsewhere.path)).toEqual([]);
    opens();
    rmSync(at('filler'));

    await create(join(elsewhere.path, 'all.backup'));
    const before = everything();
    leave(100 * 1024);
    const restore = restoreBackup({
      path: join(elsewhere.path, 'all.backup'),
      passphrase: Secret.of('correct horse battery'),
      databasePath: it.path,
      now: 1,
      adopt: (foreign) => it.masterKey.adopt(foreign),
      by: { origin: 'cli', actor: null },
    });
    await expect(restore).rejects.toMatchObject({
      code: 'database.disk-full',
      message: `There is not enough space in ${at()} to unpack the backup.`,
    });
    expect(existsSync(stagedPath(it.path))).toBe(false);
    expect(readdirSync(at()).filter((name) => /\.part/.test(name))).toEqual([]);
    expect(everything()).toBe(before);
    elsewhere.remove();
  });
});
