import { chmodSync, copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fill } from '#test/make/sealed-database.ts';
import { asidePath, stagedPath } from '../../../electron/database/put-restored.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  create,
  file,
  here,
  type Machine,
  madeAt,
  names,
  outside,
  phrase,
  prepareMachines,
  restart,
  restore,
  there,
  value,
} from './backed-up-database.ts';

prepareMachines();

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
