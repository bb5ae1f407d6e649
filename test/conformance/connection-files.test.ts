import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  mkdir,
  readdir,
  readFile,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { expect, test } from 'vitest';
import { eachConnection, isRoot, names, sha256 } from './each-connection.ts';

eachConnection('looks at files', ({ connection, at, directory }) => {
  test('and tells size, mode, owner, kind and time', async () => {
    await writeFile(at('f'), 'hello');
    await chmod(at('f'), 0o4751);
    await utimes(at('f'), 1_700_000_000, 1_700_000_000);
    expect(await connection().stat(at('f'))).toEqual({
      path: at('f'),
      realPath: at('f'),
      system: 'posix',
      kind: 'file',
      size: 5,
      mode: 0o4751,
      owner: (await ownNames()).user,
      group: (await ownNames()).group,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
      modifiedAt: 1_700_000_000_000,
      names: 1,
    });
    await link(at('f'), at('g'));
    expect(await connection().stat(at('g'))).toMatchObject({ names: 2 });
    expect(await connection().stat(directory())).toMatchObject({ kind: 'directory', mode: 0o700 });
    expect(await connection().stat('/dev/null')).toMatchObject({ kind: 'other' });
  });
  test.runIf(isRoot)('and names an owner without a name by its number', async () => {
    await writeFile(at('f'), '');
    await chown(at('f'), 54_321, 54_322);
    expect(await connection().stat(at('f'))).toMatchObject({ owner: '54321', group: '54322', uid: 54_321 });
  });
  test('and says null where there is nothing, also behind a dead link and below a file', async () => {
    await writeFile(at('f'), '');
    await symlink(at('nothing'), at('dead'));
    expect(await connection().stat(at('nothing'))).toBeNull();
    expect(await connection().stat(at('dead'))).toBeNull();
    expect(await connection().stat(at('f/below'))).toBeNull();
  });
  test('and follows links to where they lead', async () => {
    await writeFile(at('real'), 'x');
    await symlink('real', at('link'));
    expect(await connection().stat(at('link'))).toMatchObject({
      path: at('link'),
      realPath: at('real'),
      size: 1,
    });
  });
  test('and reads and hashes any bytes', async () => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256));
    await writeFile(at('f'), content);
    expect((await connection().read(at('f'))).equals(content)).toBe(true);
    expect(await connection().hash(at('f'))).toBe(sha256(content));
    await writeFile(at('empty'), '');
    expect((await connection().read(at('empty'))).length).toBe(0);
    expect(await connection().hash(at('empty'))).toBe(sha256(''));
    expect(await connection().hashes([at('f'), at('empty'), at('no'), directory()])).toEqual(
      new Map([
        [at('f'), sha256(content)],
        [at('empty'), sha256('')],
      ]),
    );
  });
  test('and tells of several where they lead and what their content sums up to', async () => {
    await mkdir(at('d'));
    await symlink('d', at('way'));
    await symlink('d/f', at('link'));
    const odd = names.map((name) => at(`d/${name}`));
    for (const [i, path] of [...odd, at('d/f')].entries()) await writeFile(path, `content ${i}`);
    const sum = (path: string, realPath: string, i: number) => ({
      ...{ path, realPath, sha256: sha256(`content ${i}`) },
    });
    expect(await connection().sums(odd)).toEqual(odd.map((path, i) => sum(path, path, i)));
    const plain = [at('way/f'), at('d/f')];
    expect(await connection().sums(plain)).toEqual(plain.map((path) => sum(path, at('d/f'), odd.length)));
    expect(await connection().sums([at('link'), at('no'), at('d'), at('d/f/below')])).toEqual([
      sum(at('link'), at('d/f'), odd.length),
      null,
      { path: at('d'), realPath: at('d'), sha256: null },
      null,
    ]);
    expect(await connection().sums([])).toEqual([]);
  });
  test('and reads 16 MiB, but not a byte more', async () => {
    await writeFile(at('big'), '');
    await truncate(at('big'), 16 * 1024 * 1024);
    expect((await connection().read(at('big'))).length).toBe(16 * 1024 * 1024);
    await truncate(at('big'), 16 * 1024 * 1024 + 1);
    await expect(connection().read(at('big'))).rejects.toMatchObject({ code: 'file.too-large' });
  });
  test('and refuses what is missing or no file', async () => {
    for (const work of [() => connection().read(at('no')), () => connection().hash(at('no'))]) {
      await expect(work()).rejects.toMatchObject({
        code: 'file.missing',
        message: expect.stringContaining(at('no')),
      });
    }
    await expect(connection().read(directory())).rejects.toMatchObject({ code: 'file.not-a-file' });
    await expect(connection().hash(directory())).rejects.toMatchObject({ code: 'file.not-a-file' });
  });
  test('and opens no pipe and no device, but what hides a file is an empty one', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    await symlink('/dev/zero', at('device'));
    for (const path of [at('pipe'), at('device')]) {
      await expect(connection().read(path)).rejects.toMatchObject({ code: 'file.not-a-file' });
      await expect(connection().hash(path)).rejects.toMatchObject({ code: 'file.not-a-file' });
    }
    await symlink('/dev/null', at('hidden'));
    expect((await connection().read(at('hidden'))).length).toBe(0);
    expect(await connection().hash(at('hidden'))).toBe(sha256(''));
  });
  test('and lists every name in a directory', async () => {
    for (const name of [...names, '.hidden', '..two']) await writeFile(at(name), '');
    await symlink('nowhere', at('dead link'));
    expect((await connection().list(directory())).sort()).toEqual((await readdir(directory())).sort());
    await mkdir(at('empty'));
    expect(await connection().list(at('empty'))).toEqual([]);
    await expect(connection().list(at('none'))).rejects.toMatchObject({ code: 'file.missing' });
    await expect(connection().list(at('plain.pem'))).rejects.toMatchObject({ code: 'file.not-a-directory' });
  });
  test('and takes absolute paths only', async () => {
    for (const path of ['relative/path', '', 'a\0b', '/a\0b']) {
      await expect(connection().stat(path)).rejects.toMatchObject({ code: 'file.path-invalid' });
      await expect(connection().remove(path)).rejects.toMatchObject({ code: 'file.path-invalid' });
      await expect(connection().copy(path, at('x'))).rejects.toMatchObject({ code: 'file.path-invalid' });
    }
  });
});

async function ownNames(): Promise<{ user: string; group: string }> {
  const named = async (file: string, id: number | undefined) =>
    (await readFile(file, 'utf8'))
      .split('\n')
      .map((line) => line.split(':'))
      .find((fields) => fields[2] === String(id))?.[0] ?? String(id);
  return {
    user: await named('/etc/passwd', process.getuid?.()),
    group: await named('/etc/group', process.getgid?.()),
  };
}
