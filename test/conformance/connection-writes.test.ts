import { watch } from 'node:fs';
import { chown, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { mountTiny } from '#test/servers/tiny-disk.ts';
import type { NewFile } from '../../electron/providers/connections/connection.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { eachConnection, isRoot, names, sha256 } from './each-connection.ts';

eachConnection('writes files', ({ connection, at, directory, leftovers }) => {
  test.each(names)('under the name %j', async (name) => {
    await connection().write(at(name), Buffer.from(`for ${name}`), { mode: 0o600 });
    expect(await readdir(directory())).toEqual([name]);
    expect(await readFile(at(name), 'utf8')).toBe(`for ${name}`);
    expect(await connection().hash(at(name))).toBe(sha256(`for ${name}`));
    expect((await connection().stat(at(name)))?.realPath).toBe(at(name));
    await connection().copy(at(name), at('copied'));
    await connection().rename(at('copied'), at(name));
    expect((await connection().read(at(name))).toString()).toBe(`for ${name}`);
    await connection().remove(at(name));
    expect(await readdir(directory())).toEqual([]);
  });
  test('of any bytes, empty ones and megabytes of them', async () => {
    const big = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 256));
    await connection().write(at('big'), big, { mode: 0o644 });
    expect((await readFile(at('big'))).equals(big)).toBe(true);
    await connection().write(at('big'), Buffer.alloc(0), { mode: 0o644 });
    expect((await stat(at('big'))).size).toBe(0);
    await connection().write(at('key'), Secret.of('secret key'), { mode: 0o600 });
    expect(await readFile(at('key'), 'utf8')).toBe('secret key');
  });
  test('with the mode asked for, whatever the old one and the umask were', async () => {
    await connection().write(at('f'), Buffer.from('1'), { mode: 0o666 });
    expect((await stat(at('f'))).mode & 0o7777).toBe(0o666);
    await connection().write(at('f'), Buffer.from('2'), { mode: 0o400 });
    await connection().write(at('f'), Buffer.from('3'), { mode: 0o640 });
    expect((await stat(at('f'))).mode & 0o7777).toBe(0o640);
    expect(await readFile(at('f'), 'utf8')).toBe('3');
  });
  test.runIf(isRoot)('keeping the owner of the old one, or giving it to the owner asked for', async () => {
    await writeFile(at('f'), 'old');
    await chown(at('f'), 33, 34);
    await connection().write(at('f'), Buffer.from('new'), { mode: 0o640 });
    expect(await stat(at('f'))).toMatchObject({ uid: 33, gid: 34 });
    await connection().write(at('f'), Buffer.from('new'), { mode: 0o640, owner: 'root' });
    expect(await stat(at('f'))).toMatchObject({ uid: 0, gid: 34 });
    await connection().write(at('f'), Buffer.from('new'), { mode: 0o640, owner: '4711', group: 'daemon' });
    expect(await stat(at('f'))).toMatchObject({ uid: 4711, gid: 1 });
    await connection().write(at('fresh'), Buffer.from('new'), { mode: 0o640 });
    expect(await stat(at('fresh'))).toMatchObject({ uid: 0, gid: 0 });
  });
  test('and leaves the old one when the owner wanted does not exist', async () => {
    await writeFile(at('f'), 'old');
    for (const who of [{ owner: 'no-such-user' }, { group: 'no-such-group' }, { owner: 'a:b' }]) {
      await expect(
        connection().write(at('f'), Buffer.from('new'), { mode: 0o600, ...who }),
      ).rejects.toMatchObject({
        code: 'file.owner-unknown',
      });
    }
    expect(await readFile(at('f'), 'utf8')).toBe('old');
    expect(await leftovers()).toEqual([]);
  });
  test('through a symbolic link, also one that leads to nothing yet', async () => {
    await mkdir(at('elsewhere'));
    await writeFile(at('elsewhere/real'), 'old');
    await symlink('elsewhere/real', at('link'));
    await symlink('elsewhere/later', at('early'));
    await connection().write(at('link'), Buffer.from('new'), { mode: 0o600 });
    await connection().write(at('early'), Buffer.from('first'), { mode: 0o600 });
    expect(await readFile(at('elsewhere/real'), 'utf8')).toBe('new');
    expect(await readFile(at('elsewhere/later'), 'utf8')).toBe('first');
    expect(await connection().stat(at('link'))).toMatchObject({ realPath: at('elsewhere/real') });
  });
  test('as a new file, so that who holds the old one open keeps it', async () => {
    await writeFile(at('f'), 'old');
    const before = (await stat(at('f'))).ino;
    await connection().write(at('f'), Buffer.from('new'), { mode: 0o600 });
    expect((await stat(at('f'))).ino).not.toBe(before);
  });
  test('and refuses a directory, and a path whose directory is missing', async () => {
    await mkdir(at('d'));
    const write = (path: string) => connection().write(path, Buffer.from('x'), { mode: 0o600 });
    await expect(write(at('d'))).rejects.toMatchObject({ code: 'file.not-a-file' });
    await expect(write(at('none/f'))).rejects.toMatchObject({ code: 'file.missing' });
    expect(await readdir(at('d'))).toEqual([]);
  });
  test('and clears away what a write that was cut off long ago left, and nothing else', async () => {
    const old = Date.now() / 1000 - 2 * 3600;
    for (const name of ['.f.trustkeep-1', '.f.trustkeep-2', '.g.trustkeep-3', '.f.other']) {
      await writeFile(at(name), '');
      if (name !== '.f.trustkeep-2') await utimes(at(name), old, old);
    }
    await connection().write(at('f'), Buffer.from('x'), { mode: 0o600 });
    expect((await readdir(directory())).sort()).toEqual([
      '.f.other',
      '.f.trustkeep-2',
      '.g.trustkeep-3',
      'f',
    ]);
  });
  test('several at a time: all are made first, then each is put in its place, or none', async () => {
    await writeFile(at('key'), 'old key');
    await writeFile(at('crt'), 'old crt');
    const fresh = (name: string): NewFile => ({
      ...{ path: at(name), content: Buffer.from(`new ${name}`), options: { mode: 0o600 } },
    });
    const [key, crt] = [fresh('key'), fresh('crt')];
    const unknown = { ...crt, options: { mode: 0o600, owner: 'no-such-user' } };
    await expect(connection().writeAll([key, unknown])).rejects.toMatchObject({ code: 'file.owner-unknown' });
    expect(await readFile(at('key'), 'utf8')).toBe('old key');
    expect(await leftovers()).toEqual([]);
    const moves: string[] = [];
    const watching = watch(directory(), (_event, name) => void (name !== null && moves.push(name)));
    await connection().writeAll([key, crt, { ...key, path: at('third') }]);
    while (!moves.includes('third')) await new Promise((resolve) => setTimeout(resolve, 5));
    watching.close();
    const put = ['key', 'crt', 'third'].map((name) => moves.indexOf(name));
    const made = ['.key.', '.crt.', '.third.'].map((name) => moves.findIndex((one) => one.startsWith(name)));
    expect(put).toEqual([...put].sort((a, b) => a - b));
    expect(Math.max(...made)).toBeLessThan(put[0] ?? 0);
    expect(await readFile(at('key'), 'utf8')).toBe('new key');
    expect(await readFile(at('crt'), 'utf8')).toBe('new crt');
    expect(await leftovers()).toEqual([]);
    await connection().writeAll([]);
  });
  test('and copies several at a time, exactly, and of nothing that is not there', async () => {
    await writeFile(at('key'), 'a key', { mode: 0o600 });
    await writeFile(at('big'), Buffer.alloc(2_000_000, 7), { mode: 0o604 });
    await utimes(at('key'), 1_700_000_000, 1_700_000_000);
    const copyOf = (name: string) => ({ from: at(name), to: at(`kept.${name}`) });
    await connection().copyAll([copyOf('key'), copyOf('big')]);
    for (const name of ['key', 'big']) {
      const [old, kept] = [await stat(at(name)), await stat(at(`kept.${name}`))];
      expect(await readFile(at(`kept.${name}`))).toEqual(await readFile(at(name)));
      expect([kept.mode, Math.floor(kept.mtimeMs)]).toEqual([old.mode, Math.floor(old.mtimeMs)]);
    }
    await connection().remove(at('kept.big'));
    const one = { from: at('none'), to: at('kept.none') };
    await expect(connection().copyAll([one, copyOf('big')])).rejects.toMatchObject({
      code: 'file.missing',
      message: expect.stringContaining(at('none')),
    });
    // nobody copies on behind the caller's back
    const after = await readdir(directory());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await readdir(directory())).toEqual(after);
    expect(await leftovers()).toEqual([]);
    await connection().copyAll([]);
  });
  test('around a file of the host, which does not travel, and never other content than is expected', async () => {
    await writeFile(at('part'), 'KEY\n', { mode: 0o600 });
    const content = { before: Buffer.from('a\0b\n'), onHost: at('part'), after: Secret.of('\nafter') };
    const whole = 'a\0b\nKEY\n\nafter';
    await connection().write(at('f'), { ...content, sha256: sha256(whole) }, { mode: 0o640 });
    expect(await readFile(at('f'), 'utf8')).toBe(whole);
    const alone = {
      before: Buffer.alloc(0),
      onHost: at('part'),
      after: Buffer.alloc(0),
      sha256: sha256('KEY\n'),
    };
    await connection().write(at('g'), alone, { mode: 0o640 });
    expect(await readFile(at('g'), 'utf8')).toBe('KEY\n');
    await writeFile(at('part'), 'ANOTHER\n');
    await expect(connection().write(at('g'), alone, { mode: 0o640 })).rejects.toMatchObject({
      code: 'file.damaged',
    });
    await expect(
      connection().write(at('g'), { ...alone, onHost: at('none') }, { mode: 0o640 }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^file\./) });
    expect(await readFile(at('g'), 'utf8')).toBe('KEY\n');
    expect(await leftovers()).toEqual([]);
  });
  test('and removes what writes that were cut off have left, whatever its age, and nothing else', async () => {
    const random = '0123456789abcdef';
    const ours = [`.f.trustkeep-${random}`, `.f.trustkeep-${random}.aB3xYz`, `.g.trustkeep-${random}`];
    const others = ['.f.trustkeep-notes', `.f2.trustkeep-${random}`, `f.trustkeep-${random}`, 'f', 'g'];
    for (const name of [...ours, ...others]) await writeFile(at(name), '');
    await symlink('f', at('link'));
    await connection().removeLeftovers([at('link'), at('none/f')]);
    expect((await readdir(directory())).sort()).toEqual([...others, `.g.trustkeep-${random}`, 'link'].sort());
    await connection().remove(at('g'));
    expect((await readdir(directory())).sort()).toEqual(
      [...others, 'link'].filter((one) => one !== 'g').sort(),
    );
    await writeFile(at(`.g.trustkeep-${random}`), '');
    await connection().remove(at('g'));
    expect((await leftovers()).sort()).toEqual(others.filter((one) => one.includes('.trustkeep-')).sort());
    await connection().removeLeftovers([]);
  });
  test.runIf(isRoot && have('mount'))('or says that the disk is full, with the old one intact', async () => {
    const disk = await mountTiny(at('tiny'), '256k');
    try {
      await writeFile(at('tiny/f'), 'old');
      await writeFile(at('tiny/source'), Buffer.alloc(150_000, 1));
      await expect(
        connection().write(at('tiny/f'), Buffer.alloc(1_000_000, 65), { mode: 0o600 }),
      ).rejects.toMatchObject({
        code: 'file.disk-full',
        message: expect.stringContaining(at('tiny/f')),
        retry: 'needs-person',
      });
      await expect(connection().copy(at('tiny/source'), at('tiny/f'))).rejects.toMatchObject({
        code: 'file.disk-full',
      });
      expect(await readFile(at('tiny/f'), 'utf8')).toBe('old');
      expect((await readdir(at('tiny'))).sort()).toEqual(['f', 'source']);
    } finally {
      await disk.unmount();
    }
  });
  test.runIf(isRoot && have('mount'))('or says that the file system is read-only', async () => {
    const disk = await mountTiny(at('tiny'), '256k');
    try {
      await writeFile(at('tiny/f'), 'old');
      await disk.makeReadOnly();
      await expect(
        connection().write(at('tiny/f'), Buffer.from('new'), { mode: 0o600 }),
      ).rejects.toMatchObject({
        code: 'file.read-only',
      });
      await expect(connection().remove(at('tiny/f'))).rejects.toMatchObject({ code: 'file.read-only' });
    } finally {
      await disk.unmount();
    }
  });
});
