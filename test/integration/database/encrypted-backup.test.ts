import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { wrapTheFirstWay } from '#test/make/first-wrap.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { fill, sealedStore } from '#test/make/sealed-store.ts';
import { createBackup } from '../../../electron/database/encrypted-backup.ts';
import { asidePath, putRestored, stagedPath } from '../../../electron/database/put-restored.ts';
import { restoreBackup } from '../../../electron/database/restore.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

type Machine = Awaited<ReturnType<typeof sealedStore>>;

vi.setConfig({ testTimeout: 240_000 }); // each passphrase costs a good part of a second, on a slow machine seconds

const phrase = 'correct horse battery';
const madeAt = Date.UTC(2026, 10, 21);

let here: Machine;
let there: Machine;
let outside: ReturnType<typeof tempDirectory>;
beforeEach(async () => {
  [here, there] = await Promise.all([sealedStore(), sealedStore()]);
  outside = tempDirectory('backup');
});
afterEach(() => {
  for (const machine of [here, there]) {
    machine.database.close();
    machine.remove();
  }
  outside.remove();
});

const file = (name = 'all.backup') => join(outside.path, name);

function create(machine: Machine, path = file()): Promise<{ bytes: number }> {
  return createBackup(machine.database, {
    path,
    passphrase: Secret.of(phrase),
    now: madeAt,
    version: '1.2.3',
    withDataKey: (use) => machine.masterKey.withDataKey(use),
  });
}

function restore(machine: Machine, path = file(), passphrase = phrase, now = Date.now()) {
  return restoreBackup({
    path,
    passphrase: Secret.of(passphrase),
    databasePath: machine.path,
    now,
    adopt: (store) => machine.masterKey.adopt(store),
    by: { origin: 'cli', actor: 'tester' },
  });
}

/** The next start of the program on that machine. */
async function restart(machine: Machine) {
  machine.database.close();
  putRestored(machine.path, silentLog);
  const next = machine.start();
  Object.assign(machine, next);
  return next.masterKey.unlock();
}

const value = (machine: Machine, index: number) =>
  machine.database.secrets.open(`cr_${index}`, 'password')?.text();
const names = (machine: Machine) => readdirSync(join(machine.path, '..')).sort();

describe('a backup', () => {
  test('It is restored on another machine, with another keychain, and everything opens there', async () => {
    fill(here.database, 500);
    here.database.endpoints.insert(anEndpoint({ name: 'web1' }));
    const recoveryKey = Secret.of(here.masterKey.takeRecoveryKey()!);
    const { bytes } = await create(here);
    expect(statSync(file()).size).toBe(bytes);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(outside.path)).toEqual(['all.backup']);
    expect(names(here).filter((name) => name.includes('part'))).toEqual([]);

    there.database.secrets.put('ep_1', 'password', Secret.of('only there'));
    const before = [...there.os.keys.keys()];
    const now = Date.now();
    expect(await restore(there, file(), phrase, now)).toEqual({ madeAt });
    // until the next start nothing has changed
    expect(there.database.secrets.open('ep_1', 'password')?.text()).toBe('only there');
    there.database.secrets.put('ep_1', 'passphrase', Secret.of('put after it'));
    expect(await restart(there)).toMatchObject({ state: 'ready', kind: 'os-keychain' });
    for (const index of [0, 250, 499]) expect(value(there, index)).toBe(`value ${index}`);
    expect(there.database.endpoints.find('web1')).not.toBeNull();
    expect(there.database.secrets.has('ep_1', 'password')).toBe(false);
    expect(there.database.audit.verify()).toMatchObject({ ok: true });
    expect(there.database.audit.list(undefined, 1)[0]).toMatchObject({
      action: 'backups.restore',
      origin: 'cli',
      actor: 'tester',
      at: now,
      sentence: expect.stringContaining(file()),
    });

    // the one before is whole, with what was done until the restart, and its key is kept
    const aside = asidePath(there.path, now);
    expect(names(there)).toContain(aside.split('/').at(-1));
    expect([...there.os.keys.keys()]).toEqual(expect.arrayContaining(before));
    expect(there.os.keys.size).toBe(2);
    there.database.close();
    for (const end of ['', '-wal', '-shm'])
      if (existsSync(`${aside}${end}`)) copyFileSync(`${aside}${end}`, `${there.path}${end}`);
    const old = there.start();
    expect(await old.masterKey.unlock()).toMatchObject({ state: 'ready' });
    expect(old.database.secrets.open('ep_1', 'passphrase')?.text()).toBe('put after it');
    old.database.close();

    // the recovery key of where it comes from goes on working
    const third = await sealedStore();
    await restore(third);
    third.os.keys.clear();
    expect(await restart(third)).toMatchObject({ state: 'missing' });
    expect(await third.masterKey.recover(recoveryKey)).toMatchObject({ state: 'ready' });
    expect(value(third, 7)).toBe('value 7');
    third.database.close();
    third.remove();
  });

  test('Made by a program that wrapped row keys in the first format, it is restored, and the next unlock wraps them anew', async () => {
    fill(here.database, 60);
    wrapTheFirstWay(here.driver, here.masterKey);
    await create(here);
    await restore(there);
    expect(await restart(there)).toMatchObject({ state: 'ready' });
    for (const index of [0, 59]) expect(value(there, index)).toBe(`value ${index}`);
    expect(there.driver.get('SELECT DISTINCT length(wrapped) AS n FROM secret_keys')?.n).toBe(66);
  });

  test('Made while a rotation brings rows under the new key, it is restored, and the next unlock goes on', async () => {
    here.database.close();
    const cut = here.start((real) => ({
      ...real,
      prepare: async (from, to) => ({ ...(await real.prepare(from, to)), write: async () => false }),
    }));
    Object.assign(here, cut);
    await here.masterKey.unlock();
    fill(here.database, 60);
    await here.rotate();
    here.database.secrets.put('cr_0', 'password', Secret.of('under the new key'));
    await create(here);
    await restore(there);
    expect(await restart(there)).toMatchObject({ state: 'ready' });
    expect([value(there, 0), value(there, 59)]).toEqual(['under the new key', 'value 59']);
    expect(JSON.parse(there.database.meta.get('secrets.key') ?? '')).toMatchObject({ before: null });
  });

  test('It holds no secret, no key and no row in the clear', async () => {
    here.database.secrets.put('ep_1', 'password', Secret.of('hunter2hunter2'));
    here.database.endpoints.insert(anEndpoint({ name: 'a-name-to-find' }));
    await create(here);
    const bytes = readFileSync(file());
    const key = here.masterKey.withDataKey((dataKey) => Buffer.from(dataKey));
    for (const one of ['hunter2', 'a-name-to-find', 'SQLite', phrase, key, key.toString('base64')])
      expect(bytes.includes(one)).toBe(false);
  });

  test('It overwrites nothing, and says in words where it cannot be written', async () => {
    writeFileSync(file('taken'), 'mine');
    await expect(create(here, file('taken'))).rejects.toMatchObject({ code: 'backup.exists' });
    expect(readFileSync(file('taken'), 'utf8')).toBe('mine');
    symlinkSync(file('taken'), file('link'));
    await expect(create(here, file('link'))).rejects.toMatchObject({ code: 'backup.exists' });
    symlinkSync(file('nowhere'), file('dangling'));
    await expect(create(here, file('dangling'))).rejects.toMatchObject({ code: 'backup.exists' });
    mkdirSync(file('directory'));
    await expect(create(here, file('directory'))).rejects.toMatchObject({ code: 'backup.exists' });
    await expect(create(here, file('no/such'))).rejects.toMatchObject({
      code: 'backup.not-writable',
      message: expect.stringContaining('directory of'),
    });
    await expect(create(here, '/proc/all.backup')).rejects.toMatchObject({ code: 'backup.not-writable' });
    expect(readdirSync(outside.path).sort()).toEqual(['dangling', 'directory', 'link', 'taken']);
    expect(names(here).filter((name) => name.includes('part'))).toEqual([]);
  });

  test('While the secrets are locked there is none, since it would hold none of them', async () => {
    here.masterKey.lock();
    await expect(create(here)).rejects.toMatchObject({ code: 'keychain.locked' });
    expect(readdirSync(outside.path)).toEqual([]);
  });
});

describe('a restore', () => {
  const everything = (machine: Machine) => [names(machine), [...machine.os.keys.keys()]];

  async function refused(code: string, path = file(), passphrase = phrase): Promise<void> {
    const before = everything(there);
    await expect(restore(there, path, passphrase)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(path),
    });
    expect(everything(there)).toEqual(before);
    expect(existsSync(stagedPath(there.path))).toBe(false);
  }

  test('A wrong passphrase, another file, a newer backup and none are told apart', async () => {
    await create(here);
    await refused('backup.wrong-passphrase', file(), 'correct horse batterY');
    writeFileSync(file('text'), 'a text');
    await refused('backup.not-a-backup', file('text'));
    writeFileSync(file('empty'), '');
    await refused('backup.not-a-backup', file('empty'));
    copyFileSync(here.path, file('database'));
    await refused('backup.not-a-backup', file('database'));
    await refused('backup.not-a-backup', outside.path);
    await refused('backup.unreadable', file('missing'));
    const newer = readFileSync(file());
    newer[16] = 2;
    writeFileSync(file('newer'), newer);
    await refused('backup.newer', file('newer'));
  });

  test('Wherever it is cut or changed it is refused, and nothing is changed', {
    timeout: 600_000,
  }, async () => {
    fill(here.database, 200);
    const { bytes } = await create(here);
    const whole = readFileSync(file());
    for (const length of [15, 50, 99, 100, 101, 65_000, 100 + 65_552, 100 + 65_553, bytes - 1]) {
      writeFileSync(file('cut'), whole.subarray(0, length));
      await refused('backup.cut', file('cut'));
    }
    writeFileSync(file('long'), Buffer.concat([whole, Buffer.of(0)]));
    await refused('backup.damaged', file('long'));
    for (const at of [18, 25, 55, 64, 100, 70_000, 100 + 65_540, bytes - 1]) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 4;
      writeFileSync(file('changed'), changed);
      await refused('backup.damaged', file('changed'));
    }
    const piece = 65_552;
    const swapped = Buffer.from(whole);
    whole.copy(swapped, 100, 100 + piece, 100 + 2 * piece);
    whole.copy(swapped, 100 + piece, 100, 100 + piece);
    writeFileSync(file('swapped'), swapped);
    await refused('backup.damaged', file('swapped'));
    expect(await restore(there)).toEqual({ madeAt });
  });

  test('A keychain that keeps nothing refuses it, with nothing changed', async () => {
    await create(here);
    there.os.refusesToKeep = true;
    const before = everything(there);
    await expect(restore(there)).rejects.toMatchObject({ code: 'keychain.write-failed' });
    expect(everything(there)).toEqual(before);
  });

  test('Where a key file is used its key goes there, and where a passphrase, that of the backup counts', async () => {
    fill(here.database, 3);
    await create(here);
    await there.masterKey.choose('key-file');
    await restore(there);
    expect(await restart(there)).toMatchObject({ state: 'ready', kind: 'key-file' });
    expect(there.file.keys.size).toBe(2);
    expect(value(there, 1)).toBe('value 1');

    await there.masterKey.choose('passphrase', { passphrase: Secret.of('another good one') });
    await restore(there);
    expect(await restart(there)).toMatchObject({ state: 'locked', kind: 'passphrase' });
    expect(await there.masterKey.unlock(Secret.of('another good one'))).toMatchObject({ state: 'locked' });
    expect(await there.masterKey.unlock(Secret.of(phrase))).toMatchObject({ state: 'ready' });
    expect(value(there, 2)).toBe('value 2');
  });

  test('It brings a store back whose master key is lost', async () => {
    fill(here.database, 3);
    await create(here);
    here.os.keys.clear();
    expect(await restart(here)).toMatchObject({ state: 'missing' });
    await restore(here);
    expect(await restart(here)).toMatchObject({ state: 'ready' });
    expect(value(here, 1)).toBe('value 1');
  });

  test('A second one before the restart takes the place of the first, and its key goes', async () => {
    fill(here.database, 3);
    await create(here);
    fill(here.database, 3, 3);
    await create(here, file('second'));
    await restore(there);
    expect(there.os.keys.size).toBe(2);
    await restore(there, file('second'));
    expect(there.os.keys.size).toBe(2);
    expect(await restart(there)).toMatchObject({ state: 'ready' });
    expect(value(there, 5)).toBe('value 5');
    // an unlock meanwhile does not take the key of what waits
    await restore(there);
    there.masterKey.lock();
    await there.masterKey.unlock();
    expect(await restart(there)).toMatchObject({ state: 'ready' });
    expect(value(there, 5)).toBeUndefined();
  });

  test('A start that was killed while it put it in place is gone on with by the next one', async () => {
    fill(here.database, 3);
    await create(here);
    await restore(there);
    there.database.close();
    const aside = asidePath(there.path, Math.round(statSync(stagedPath(there.path)).mtimeMs));
    const { renameSync } = await import('node:fs');
    renameSync(there.path, aside); // as far as it got
    writeFileSync(`${there.path}.key_0123456789abcdef.part`, 'left by a killed one');
    expect(await restart(there)).toMatchObject({ state: 'ready' });
    expect(value(there, 2)).toBe('value 2');
    expect(existsSync(aside)).toBe(true);
    expect(names(there).filter((name) => /part|restored/.test(name))).toEqual([]);
  });

  test('A damaged value in it stays damaged and is no reason to refuse the rest', async () => {
    fill(here.database, 3);
    here.driver.run(`UPDATE secrets SET sealed = zeroblob(50) WHERE owner = 'cr_1'`);
    await create(here);
    await restore(there);
    await restart(there);
    expect(() => value(there, 1)).toThrow(expect.objectContaining({ code: 'secret.damaged' }));
    expect(value(there, 2)).toBe('value 2');
  });

  test('One that cannot be read by this account is said to be so', async () => {
    await create(here);
    chmodSync(file(), 0o000);
    if (process.getuid?.() === 0) expect(await restore(there)).toEqual({ madeAt });
    else await refused('backup.unreadable');
  });
});

test('A large database needs little memory', { timeout: 240_000 }, async () => {
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let index = 0; index < 80; index += 1) here.database.meta.set(`filler ${index}`, megabyte);
  fill(here.database, 10);
  // what is held on to counts; how much of the rest lies about is a matter of when the engine sweeps it up
  setFlagsFromString('--expose-gc');
  const sweep = runInNewContext('gc') as () => void;
  const used = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  sweep();
  const before = used();
  const limit = before + 40 * 1024 * 1024;
  let [most, looks] = [0, 0];
  const watch = setInterval(() => {
    if (used() > limit) sweep();
    most = Math.max(most, used());
    looks += 1;
  }, 5);
  const { bytes } = await create(here);
  await restore(there);
  clearInterval(watch);
  expect(bytes).toBeGreaterThan(80 * 1024 * 1024);
  expect(looks).toBeGreaterThan(5);
  expect(most).toBeLessThan(limit);
  await restart(there);
  expect(value(there, 9)).toBe('value 9');
});
