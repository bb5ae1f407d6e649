import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { backupDatabase, listBackups } from '../../electron/database/backup.ts';
import { openDatabase } from '../../electron/database/open.ts';
import { LocalConnection } from '../../electron/providers/connections/local/local.ts';
import { keyFileKeychain } from '../../electron/secrets/key-file.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { socketPlace } from '../../electron/transport/socket-place.ts';
import { readySealer } from '../make/database.ts';
import { tempDirectory } from '../make/directory.ts';

// What only Windows has: run by test/e2e/windows-units.long.test.ts, with the unit tests.
let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('windows');
});
afterEach(() => directory.remove());

const names = ["Ann O'Neil & Söhne (50 %)", ...Array.from({ length: 5 }, (_, i) => `${i}`.repeat(45))];

describe('a data directory with spaces, an apostrophe, an umlaut, a percent sign and a long path', () => {
  test('keeps a database, its backups and a master key', async () => {
    const folder = join(directory.path, ...names);
    expect(folder.length).toBeGreaterThan(260);
    const path = join(folder, 'trustkeep.db');
    const sealer = readySealer();
    const open = () => openDatabase({ path, clock: systemClock, log: silentLog, sealer });
    const first = open();
    first.secrets.put('ep_1', 'password', Secret.of('hunter2hunter2'));
    backupDatabase(first, systemClock.now());
    first.close();
    const again = open();
    expect(again.secrets.open('ep_1', 'password')?.text()).toBe('hunter2hunter2');
    again.close();
    expect(listBackups(path)).toHaveLength(1);
    const key = randomBytes(32);
    const keychain = keyFileKeychain(join(folder, 'master.key'));
    await keychain.set('ab'.repeat(16), key);
    expect(await keychain.get('ab'.repeat(16))).toEqual(key);
  });
});

test('an agent is found however the letters of its data directory are written, and with either slash', () => {
  const path = (name: string) => socketPlace(name).path;
  expect(path('C:\\Data\\Trustkeep')).toMatch(/^\\\\\.\\pipe\\trustkeep-/);
  for (const same of ['c:\\data\\trustkeep', 'C:/Data/Trustkeep', 'C:\\Data\\Trustkeep\\'])
    expect(path(same)).toBe(path('C:\\Data\\Trustkeep'));
  expect(path('D:\\Data\\Trustkeep')).not.toBe(path('C:\\Data\\Trustkeep'));
});

describe('a file that another program reads', () => {
  let path: string;
  let reader: number;
  beforeEach(() => {
    path = join(directory.path, 'site.pem');
    writeFileSync(path, 'old\r\n');
    reader = openSync(path, 'r');
  });
  const options = { mode: 0o600 };
  const content = Buffer.from('new\r\n');

  test('is replaced as soon as it is read', async () => {
    const sleep = (ms: number) => {
      closeSync(reader);
      return systemClock.sleep(ms);
    };
    await new LocalConnection({ ...systemClock, sleep }).write(path, content, options);
    expect(readFileSync(path, 'latin1')).toBe('new\r\n');
  });

  test('stays as it was when it is read for too long, with nothing beside it', async () => {
    const sleep = async () => {};
    const connection = new LocalConnection({ ...systemClock, sleep });
    await expect(connection.write(path, content, options)).rejects.toMatchObject({
      code: 'file.denied',
      hint: expect.stringContaining('has the file open'),
    });
    closeSync(reader);
    expect(readFileSync(path, 'latin1')).toBe('old\r\n');
    expect(readdirSync(directory.path)).toEqual(['site.pem']);
  });

  test('is removed with its last reader', async () => {
    const connection = new LocalConnection(systemClock);
    expect(await connection.stat(path)).toMatchObject({ system: 'windows', kind: 'file' });
    await connection.remove(path);
    closeSync(reader);
    expect(existsSync(path)).toBe(false);
  });
});
