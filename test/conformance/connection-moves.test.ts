import { chmod, chown, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { eachConnection, isRoot } from './each-connection.ts';

eachConnection('moves files', ({ connection, at, directory, leftovers }) => {
  test.runIf(isRoot)('copying content, owner, mode and time over what was there', async () => {
    await writeFile(at('from'), 'content');
    await chmod(at('from'), 0o440);
    await chown(at('from'), 33, 34);
    await utimes(at('from'), 1_600_000_000, 1_600_000_000);
    await writeFile(at('to'), 'something longer that was there');
    await connection().copy(at('from'), at('to'));
    expect(await connection().stat(at('to'))).toMatchObject({
      mode: 0o440,
      uid: 33,
      gid: 34,
      size: 7,
      modifiedAt: 1_600_000_000_000,
    });
    expect(await readFile(at('to'), 'utf8')).toBe('content');
    expect(await leftovers()).toEqual([]);
  });
  test('and over a link, while what it leads to stays as it is', async () => {
    await writeFile(at('from'), 'content');
    await writeFile(at('real'), 'precious');
    await symlink('real', at('link'));
    await symlink('none', at('dead'));
    for (const to of [at('link'), at('dead')]) {
      await connection().copy(at('from'), to);
      expect(await readFile(to, 'utf8')).toBe('content');
    }
    expect((await readdir(directory())).sort()).toEqual(['dead', 'from', 'link', 'real']);
    expect(await readFile(at('real'), 'utf8')).toBe('precious');
  });
  test('and names the file that is missing', async () => {
    await writeFile(at('from'), '');
    await expect(connection().copy(at('none'), at('to'))).rejects.toMatchObject({
      code: 'file.missing',
      message: expect.stringContaining(at('none')),
    });
    await expect(connection().copy(at('from'), at('nowhere/to'))).rejects.toMatchObject({
      code: 'file.missing',
      message: expect.stringContaining(at('nowhere/to')),
    });
    await expect(connection().rename(at('none'), at('to'))).rejects.toMatchObject({
      code: 'file.missing',
      message: expect.stringContaining(at('none')),
    });
  });
  test('and refuses directories', async () => {
    await writeFile(at('f'), '');
    await mkdir(at('d'));
    const refused = { code: 'file.not-a-file' };
    await expect(connection().copy(at('d'), at('to'))).rejects.toMatchObject(refused);
    await expect(connection().copy(at('f'), at('d'))).rejects.toMatchObject(refused);
    await expect(connection().rename(at('f'), at('d'))).rejects.toMatchObject(refused);
    await expect(connection().remove(at('d'))).rejects.toMatchObject(refused);
    expect((await readdir(directory())).sort()).toEqual(['d', 'f']);
  });
  test('renaming over what was there', async () => {
    await writeFile(at('from'), 'new');
    await writeFile(at('to'), 'old');
    await connection().rename(at('from'), at('to'));
    expect(await readdir(directory())).toEqual(['to']);
    expect(await readFile(at('to'), 'utf8')).toBe('new');
  });
  test('removing a link and not what it leads to, and nothing without complaint', async () => {
    await writeFile(at('real'), 'x');
    await symlink('real', at('link'));
    await connection().remove(at('link'));
    await connection().remove(at('link'));
    await connection().remove(at('none/below'));
    expect(await readdir(directory())).toEqual(['real']);
  });
});
