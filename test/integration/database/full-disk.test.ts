import { existsSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import type { Database } from '../../../electron/database/database.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { clockAt, now, readySealer } from '../../make/database.ts';
import { tempDirectory } from '../../make/directory.ts';
import { anEndpoint } from '../../make/rows.ts';
import { canMount, mountTiny, type TinyDisk } from '../../servers/tiny-disk.ts';

describe.skipIf(!(await canMount()))('a full disk (needs root and permission to mount)', () => {
  let directory: ReturnType<typeof tempDirectory>;
  let disk: TinyDisk;
  let path: string;
  const sealer = readySealer();
  const open = (): Database => openDatabase({ path, clock: clockAt(now), log: silentLog, sealer });
  const fillers: string[] = [];

  beforeEach(async () => {
    directory = tempDirectory('full');
    disk = await mountTiny(join(directory.path, 'disk'), '32m');
    path = join(directory.path, 'disk', 'trustkeep.db');
  });
  afterEach(async () => {
    fillers.length = 0;
    await disk.unmount();
    directory.remove();
  });

  function free(): number {
    const facts = statfsSync(join(directory.path, 'disk'));
    return facts.bavail * facts.bsize;
  }
  /** Takes every last byte. */
  function fill(): void {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
      while (free() >= Math.max(size, 1)) {
        const file = join(directory.path, 'disk', `filler-${fillers.length}`);
        try {
          writeFileSync(file, Buffer.alloc(size));
          fillers.push(file);
        } catch {
          if (existsSync(file)) fillers.push(file);
          break;
        }
      }
    }
    expect(free()).toBe(0);
  }
  function makeRoom(): void {
    for (const file of fillers.splice(0)) unlinkSync(file);
  }
  const full = expect.objectContaining({
    code: 'database.disk-full',
    message: expect.stringMatching(/not enough space for the database .*trustkeep\.db/),
    hint: expect.stringContaining(join('disk')),
  });
  function writeUntilFull(database: Database): number {
    for (let index = 0; ; index += 1) {
      try {
        database.endpoints.insert(anEndpoint({ name: `web ${index}` }));
      } catch (error) {
        expect(error).toEqual(full);
        return index;
      }
      if (index > 100_000) throw new Error('the disk does not become full');
    }
  }

  test('A write says clearly that there is no room; what was stored is readable, and writing goes on after room was made', () => {
    const database = open();
    fill();
    const stored = writeUntilFull(database);
    expect(database.endpoints.list()).toHaveLength(stored);
    expect(() =>
      database.transaction(() => {
        for (let index = 0; index < 2000; index += 1) database.meta.set(`x ${index}`, 'y'.repeat(500));
      }),
    ).toThrow(full);
    expect(database.meta.get('x 0')).toBeNull();
    makeRoom();
    database.endpoints.insert(anEndpoint({ name: 'after' }));
    expect(database.endpoints.list()).toHaveLength(stored + 1);
    database.close();
  });

  test('A store on a full disk can still be opened and read, by giving up its ballast', () => {
    const before = open();
    before.endpoints.insert(anEndpoint({ name: 'kept' }));
    before.close();
    expect(existsSync(`${path}-ballast`)).toBe(true);
    fill();
    const database = open();
    expect(existsSync(`${path}-ballast`)).toBe(false);
    expect(database.endpoints.find('kept')?.name).toBe('kept');
    database.close();
    makeRoom();
    const after = open();
    expect(existsSync(`${path}-ballast`)).toBe(true);
    after.endpoints.insert(anEndpoint({ name: 'after' }));
    after.close();
  });

  test('Without any ballast left the start is refused in words and nothing is lost', () => {
    const before = open();
    before.endpoints.insert(anEndpoint({ name: 'kept' }));
    before.close();
    unlinkSync(`${path}-ballast`);
    fill();
    expect(open).toThrow(full);
    makeRoom();
    const database = open();
    expect(database.endpoints.find('kept')?.name).toBe('kept');
    database.close();
  });

  test('A first start on a full disk is refused in words, and works once there is room', () => {
    fill();
    expect(open).toThrow(expect.objectContaining({ code: 'database.disk-full' }));
    makeRoom();
    const database = open();
    expect(database.endpoints.list()).toEqual([]);
    database.close();
  });
});
