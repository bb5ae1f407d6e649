import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eachWindowsWay } from './each-windows-way.ts';

/** By the code of Win32, whatever the language of what is said (one of the stand-in's errors is German, one Japanese…). */
const meant: [code: number, failure: string][] = [
  [5, 'file.denied'],
  [19, 'file.read-only'],
  [32, 'file.in-use'],
  [112, 'file.disk-full'],
  [206, 'file.name-too-long'],
  [1450, 'file.failed'],
];

eachWindowsWay('fails', ({ connection, world, at, real, directory }) => {
  describe.each(meant)('with error %i', (number, code) => {
    test.each(['make', 'fill', 'rights', 'place'])(
      'at %s of a write, which leaves the old file as it was',
      async (stage) => {
        writeFileSync(real('f'), 'old');
        world().fail([stage], number);
        await expect(connection().write(at('f'), Buffer.from('new'), { mode: 0o600 })).rejects.toMatchObject({
          code,
          message: expect.stringContaining(at('f')),
          peerSaid: expect.stringMatching(/\S/),
        });
        expect([readdirSync(directory()), readFileSync(real('f'), 'utf8')]).toEqual([['f'], 'old']);
      },
    );
    test('of whatever else is done', async () => {
      writeFileSync(real('f'), 'old');
      world().fail(['stat', 'rights', 'read', 'hash', 'list', 'remove'], number);
      const file = at('f');
      const works = [
        () => connection().stat(file),
        () => connection().rights([file]),
        () => connection().read(file),
        () => connection().hash(file),
        () => connection().remove(file),
      ];
      for (const work of works) await expect(work()).rejects.toMatchObject({ code });
      expect(readFileSync(real('f'), 'utf8')).toBe('old');
    });
  });

  test('naming what is missing, a directory, or none', async () => {
    mkdirSync(real('d'));
    writeFileSync(real('f'), '');
    const gone = { code: 'file.missing', message: expect.stringContaining(at('no')) };
    await expect(connection().read(at('no'))).rejects.toMatchObject(gone);
    await expect(connection().copy(at('no'), at('x'))).rejects.toMatchObject(gone);
    await expect(connection().rename(at('no'), at('x'))).rejects.toMatchObject(gone);
    await expect(connection().rights([at('f'), at('no')])).rejects.toMatchObject(gone);
    await expect(connection().write(at('no\\f'), Buffer.from(''), { mode: 0o600 })).rejects.toMatchObject(
      gone,
    );
    await expect(connection().read(at('d'))).rejects.toMatchObject({ code: 'file.not-a-file' });
    await expect(connection().write(at('d'), Buffer.from(''), { mode: 0o600 })).rejects.toMatchObject({
      code: 'file.not-a-file',
    });
    await expect(connection().list(at('f'))).rejects.toMatchObject({ code: 'file.not-a-directory' });
    await expect(connection().read('D:\\f')).rejects.toMatchObject({ code: 'file.missing' });
    expect(await connection().stat(at('f\\below'))).toBeNull();
  });

  test('for a path that Windows would read as another one', async () => {
    const paths = [
      'f',
      'C:f',
      '\\f',
      '/etc/f',
      'C:\\a\0b',
      'C:\\f:stream',
      'C:\\f.',
      'C:\\f ',
      'C:\\nul',
      'C:\\con.pem',
      '\\\\?\\C:\\f',
      'C:\\a*',
    ];
    for (const path of paths) {
      const refused = { code: 'file.path-invalid' };
      await expect(connection().stat(path), path).rejects.toMatchObject(refused);
      await expect(connection().copy(path, at('x')), path).rejects.toMatchObject(refused);
      await expect(connection().write(path, Buffer.from(''), { mode: 0o600 }), path).rejects.toMatchObject(
        refused,
      );
    }
  });
});
