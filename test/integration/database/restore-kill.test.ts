import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { fill, sealedDatabase } from '#test/make/sealed-database.ts';
import { createBackup } from '../../../electron/database/encrypted-backup.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { putRestored } from '../../../electron/database/put-restored.ts';
import { sealedRowsOf } from '../../../electron/database/reseal.ts';
import { keyFileKeychain } from '../../../electron/secrets/key-file.ts';
import { MasterKey } from '../../../electron/secrets/master-key.ts';
import { passphraseKeychain } from '../../../electron/secrets/passphrase.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const values = 1000;

let built: Bundle;
beforeAll(async () => {
  built = await quickStarting('test/integration/database/restore-child.ts');
});
afterAll(() => built.remove());

let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('restore');
});
afterEach(() => directory.remove());

const data = () => join(directory.path, 'data');
const backup = () => join(directory.path, 'all.backup');

function open() {
  const masterKey = new MasterKey({
    keychains: {
      os: () => keyFileKeychain(join(data(), 'os.key')),
      keyFile: keyFileKeychain,
      passphrase: passphraseKeychain,
    },
    defaultKeyFile: join(data(), 'master.key'),
    log: silentLog,
  });
  const path = join(data(), 'trustkeep.db');
  putRestored(path, silentLog);
  const database = openDatabase({ path, clock: systemClock, log: silentLog, sealer: masterKey });
  masterKey.attach(database.meta, sealedRowsOf(database, systemClock, silentLog));
  return { database, masterKey };
}

/** Restores again and again until it is killed, so long after its start. Gives how often it got to the end of one. */
function killed(afterMs: number | 'the first'): Promise<number> {
  const child = spawn(process.execPath, [built.path, data(), backup()], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, wrong] = ['', ''];
  child.stdout.on('data', (part) => {
    if (said === '' && afterMs !== 'the first') setTimeout(() => child.kill('SIGKILL'), afterMs);
    said += part;
    if (afterMs === 'the first' && said.includes('staged')) child.kill('SIGKILL');
  });
  child.stderr.on('data', (part) => {
    wrong += part;
  });
  return new Promise((resolve, reject) => {
    child.once('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(said.split('staged').length - 1);
      else reject(new Error(`it ended by itself: ${wrong}`));
    });
  });
}

test('Killed at any moment of a restore, the store before or the whole restored one opens', {
  timeout: 600_000,
}, async () => {
  const there = await sealedDatabase();
  fill(there.database, values);
  await createBackup(there.database, {
    path: backup(),
    passphrase: Secret.of('correct horse battery'),
    now: 1,
    version: '1',
    withDataKey: (use) => there.masterKey.withDataKey(use),
  });
  there.database.close();
  there.remove();
  const first = open();
  await first.masterKey.choose('key-file');
  first.database.secrets.put('mine', 'password', Secret.of('before'));
  first.database.close();

  let [ends, restored] = [0, 0];
  const start = performance.now();
  ends += await killed('the first');
  const usual = performance.now() - start;
  for (let round = 0; round < 20; round += 1) {
    if (round > 0) ends += await killed((0.2 + 1.4 * Math.random()) * usual);
    const { database, masterKey } = open();
    expect(await masterKey.unlock()).toMatchObject({ state: 'ready' });
    const isRestored = !database.secrets.has('mine', 'password');
    if (isRestored) {
      restored += 1;
      for (let index = 0; index < values; index += 1)
        expect(database.secrets.open(`cr_${index}`, 'password')?.text()).toBe(`value ${index}`);
      expect(database.audit.verify()).toMatchObject({ ok: true });
      // to see in the next round whether it is the one before or another restored one
      database.secrets.put('mine', 'password', Secret.of('before'));
    } else expect(database.secrets.open('mine', 'password')?.text()).toBe('before');
    database.close();
    const left = readdirSync(data()).filter((name) => /\.part|\.restored$|master\.key\./.test(name));
    expect(left).toEqual([]);
  }
  expect(ends).toBeGreaterThan(0);
  expect(restored).toBeGreaterThan(0);
  expect(existsSync(join(data(), 'os.key'))).toBe(false);
});
