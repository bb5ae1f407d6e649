import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { migrate, migrations } from '../../../electron/database/migrate.ts';
import { openDatabase, openDriver } from '../../../electron/database/open.ts';
import { Envelope } from '../../../electron/secrets/envelope.ts';
import { clockAt, now } from '../../make/database.ts';
import { tempDirectory } from '../../make/directory.ts';
import { startChild } from './start-child.ts';

let directory: ReturnType<typeof tempDirectory>;
let path: string;
beforeEach(() => {
  directory = tempDirectory('kill');
  path = join(directory.path, 'trustkeep.db');
});
afterEach(() => directory.remove());

const sealer = new Envelope(Buffer.alloc(32, 1), '00000000-0000-4000-8000-000000000000');
const open = () => openDatabase({ path, clock: clockAt(now), log: silentLog, sealer });

test('Killing the writer again and again loses nothing it was told is stored, and tears nothing apart', async () => {
  let acknowledged = 0;
  for (let round = 0; round < 6; round += 1) {
    const child = startChild('write for ever', path);
    // by what it wrote and not by the clock: on a slow machine too it is in the middle of its work
    for (let left = 10 + ((round * 37) % 20); left > 0; left -= 1)
      acknowledged = (await child.next()) as number;
    await new Promise((resolve) => setTimeout(resolve, round));
    await child.kill();
    const lines = (await child.rest()) as number[];
    acknowledged = Math.max(acknowledged, ...lines);

    const database = open();
    const left = Number(database.meta.get('left'));
    expect(left).toBeGreaterThanOrEqual(acknowledged);
    expect(Number(database.meta.get('right'))).toBe(left);
    expect(database.audit.verify()).toMatchObject({ ok: true, entries: left });
    database.close();
  }
  expect(acknowledged).toBeGreaterThan(50);
});

test('A migration that is killed in the middle left nothing of itself, and runs whole afterwards', async () => {
  const before = open();
  before.meta.set('kept', 'yes');
  before.close();
  const child = startChild('hang in migration', path);
  expect(await child.next()).toBe('in the middle');
  await child.kill();

  const database = open();
  expect(database.meta.get('kept')).toBe('yes');
  expect(database.meta.get('half 1')).toBeNull();
  expect(database.endpoints.list()).toEqual([]);
  database.close();
  const driver = openDriver(path);
  expect(driver.pragma('user_version')).toBe(migrations.length);
  migrate(driver, [...migrations, (inside) => inside.exec('CREATE TABLE extra (x)')]);
  expect(driver.pragma('user_version')).toBe(migrations.length + 1);
  expect(driver.pragma('integrity_check')).toBe('ok');
  driver.close();
});

test('A start while another process is opening the same new store ends well for both', async () => {
  const children = Array.from({ length: 4 }, () => startChild('open and close', path));
  expect(await Promise.all(children.map((child) => child.next()))).toEqual(['done', 'done', 'done', 'done']);
  const database = open();
  expect(database.orders.list(1)).toEqual([]);
  database.close();
});
