import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { wrapTheFirstWay } from '#test/make/first-wrap.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { fill, sealedDatabase } from '#test/make/sealed-database.ts';
import { asidePath } from '../../../electron/database/put-restored.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  create,
  file,
  here,
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
    const third = await sealedDatabase();
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
    const tooLong = create(here, file('x'.repeat(300)));
    await expect(tooLong).rejects.toMatchObject({ code: 'backup.not-writable' });
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

test('A large database needs little memory', async () => {
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
