import { watch } from 'node:fs';
import { chmod, chown, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { aclOf, attributesOf, canGiveRights, must } from '#test/make/rights.ts';
import { eachConnection, sha256 } from './each-connection.ts';

/** As the kernel stores a label: with a NUL at its end. */
const selinux = `0x${Buffer.from('system_u:object_r:cert_t:s0\0').toString('hex')}`;

/**
 * What a file has beside owner and mode. After `setfacl -m u:app:r` on a key of mode 0600 its mode reads 0640, and who takes
 * the 4 for the group's right opens the key to the group. Lists lost with a rename: ansible/ansible#29930 and #33865
 * (`atomic_move`); labels: ansible/ansible#2810; lists of directories as the way to let programs read keys:
 * certbot/certbot#5017 and #7412.
 */
eachConnection('keeps what a file has beside owner and mode', ({ connection, at }) => {
  const rightsOf = async (path: string) => (await connection().rights([path]))[0];

  async function keyWithAcl(name = 'key'): Promise<string> {
    const path = at(name);
    await writeFile(path, 'old', { mode: 0o600 });
    await chown(path, 0, 33);
    await must('setfacl', '-m', 'u:daemon:r', path);
    await must('setfattr', '-n', 'user.owner', '-v', 'team a', path);
    await must('setfattr', '-n', 'trusted.note', '-v', '0x00ff0a', path);
    await must('setfattr', '-n', 'security.selinux', '-v', selinux, path);
    return path;
  }

  test.runIf(canGiveRights)('when it is replaced, and tells it', async () => {
    const path = await keyWithAcl();
    const before = [await aclOf(path), await attributesOf(path)];
    const told = await rightsOf(path);
    expect(told).toMatchObject({
      acl: 'user::rw-,user:daemon:r--,group::---,mask::r--,other::---',
      hidesAcl: false,
      attributes: `trusted.note=${sha256(Buffer.from([0, 255, 10])).slice(0, 16)},user.owner=${sha256('team a').slice(0, 16)}`,
      label: 'system_u:object_r:cert_t:s0',
      untold: [],
    });
    const facts = await connection().stat(path);
    expect(facts?.mode).toBe(0o640);
    await connection().write(path, Buffer.from('new'), { mode: facts?.mode ?? 0 });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect([await aclOf(path), await attributesOf(path)]).toEqual(before);
    expect(await rightsOf(path)).toEqual(told);
    expect(await stat(path)).toMatchObject({ uid: 0, gid: 33 });
  });

  // ansible/ansible#72929: a file of mode 640 that `setfacl -m g:administrators:r` opened, and `lineinfile` closed again
  test.runIf(canGiveRights)('the list of a file whose group has a right of its own', async () => {
    await writeFile(at('temp.txt'), 'foo\n', { mode: 0o640 });
    await must('setfacl', '-m', 'g:daemon:r', at('temp.txt'));
    await connection().write(at('temp.txt'), Buffer.from('bar\n'), { mode: 0o640 });
    expect(await aclOf(at('temp.txt'))).toBe(
      'user::rw-\ngroup::r--\ngroup:daemon:r--\nmask::r--\nother::---\n\n',
    );
  });

  test.runIf(canGiveRights)('when it is copied, and brought back', async () => {
    const path = await keyWithAcl();
    const told = await rightsOf(path);
    await connection().copy(path, at('kept'));
    expect(await rightsOf(at('kept'))).toEqual(told);
    await writeFile(at('other'), 'other', { mode: 0o600 });
    await connection().rename(at('other'), path);
    await connection().copy(at('kept'), path);
    expect(await rightsOf(path)).toEqual(told);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  test.runIf(canGiveRights)(
    'and gives a list that is asked for, or none, whatever the directory gives its files',
    async () => {
      await mkdir(at('d'));
      await must('setfacl', '-d', '-m', 'u:nobody:rwx,g::rwx,o::r', at('d'));
      const acl = 'user::rw-,user:daemon:r--,group::---,mask::r--,other::---';
      await connection().write(at('d/listed'), Buffer.from('x'), { mode: 0o640, acl });
      expect((await rightsOf(at('d/listed')))?.acl).toBe(acl);
      await connection().write(at('d/plain'), Buffer.from('x'), { mode: 0o640 });
      expect(await aclOf(at('d/plain'))).toBe('user::rw-\ngroup::r--\nother::---\n\n');
      await connection().copy(at('d/plain'), at('d/copy'));
      expect((await rightsOf(at('d/copy')))?.acl).toBe('');
      await connection().write(at('d/listed'), Buffer.from('x'), { mode: 0o600, acl: '' });
      expect(await aclOf(at('d/listed'))).toBe('user::rw-\ngroup::---\nother::---\n\n');
    },
  );

  test.runIf(canGiveRights)(
    'also of a file that hides nothing, where there is one to take after',
    async () => {
      const path = await keyWithAcl();
      const told = await rightsOf(path);
      await connection().write(path, Buffer.from('new'), { mode: 0o640, hidesNothing: true });
      expect(await rightsOf(path)).toEqual(told);
      await mkdir(at('d'));
      await must('setfacl', '-d', '-m', 'u:nobody:rwx,g::rwx,o::r', at('d'));
      await connection().write(at('d/note'), Buffer.from('x'), { mode: 0o600, hidesNothing: true });
      expect((await stat(at('d/note'))).mode & 0o777).toBe(0o600);
    },
  );

  test.runIf(canGiveRights)('and opens the new file to no one else at any moment', async () => {
    await mkdir(at('d'));
    await must('setfacl', '-d', '-m', 'u:nobody:rwx,g::rwx,o::r', at('d'));
    const path = await keyWithAcl('d/key');
    await must('setfacl', '-x', 'u:nobody', path);
    await must('setfacl', '-m', 'g::-,o::-,m::r', path);
    const seen = new Set<string>();
    const looks: Promise<void>[] = [];
    const watching = watch(at('d'), (_event, name) => {
      if (name?.includes('.trustkeep-') !== true) return;
      looks.push(
        aclOf(at(`d/${name}`)).then(
          (acl) => void seen.add(acl),
          () => {},
        ),
      );
    });
    for (let turn = 0; turn < 5 || seen.size === 0; turn += 1) {
      await connection().write(path, Buffer.alloc(200_000, turn), { mode: 0o640 });
      await connection().copy(path, at('d/kept'));
    }
    watching.close();
    await Promise.all(looks);
    const open = [...seen].filter((acl) => {
      const mask = /^mask::(...)/m.exec(acl)?.[1] ?? 'rwx';
      const others = acl.split('\n').filter((line) => /^(user:nobody|group:|other:)/.test(line));
      return mask.includes('r') && others.some((line) => line.slice(-3).includes('r'));
    });
    expect(open).toEqual([]);
    expect((await rightsOf(path))?.acl).toContain('group::---');
  });

  test.runIf(canGiveRights)('and tells flags, with which it leaves the file as it was', async () => {
    await writeFile(at('plain'), 'x');
    await writeFile(at('f'), 'old', { mode: 0o600 });
    for (const [letter, flag] of [
      ['i', 'immutable'],
      ['a', 'append-only'],
    ] as const) {
      await must('chattr', `+${letter}`, at('f'));
      try {
        expect(await connection().flags([at('plain'), at('f')])).toEqual([[], [flag]]);
        await expect(connection().write(at('f'), Buffer.from('new'), { mode: 0o600 })).rejects.toMatchObject({
          code: 'file.denied',
        });
      } finally {
        await must('chattr', `-${letter}`, at('f'));
      }
    }
    expect(await readFile(at('f'), 'utf8')).toBe('old');
  });

  test('and of a plain file says so', async () => {
    await writeFile(at('plain'), 'x');
    await chmod(at('plain'), 0o644);
    const { label: _label, untold, ...rest } = (await rightsOf(at('plain'))) ?? { untold: ['everything'] };
    if (untold.length === 0) expect(rest).toEqual({ acl: '', hidesAcl: false, attributes: '' });
    await expect(rightsOf(at('none'))).rejects.toMatchObject({ code: 'file.missing' });
  });

  test.runIf(canGiveRights)('and tells of many what each has, where links lead too', async () => {
    const [plain, key, link] = [at("it's\nplain"), await keyWithAcl(), at('link')];
    await writeFile(plain, 'x');
    await symlink(key, link);
    const alone = [await rightsOf(plain), await rightsOf(key)];
    expect(await connection().rights([plain, key, link, plain])).toEqual([...alone, alone[1], alone[0]]);
    expect(await connection().rights([])).toEqual([]);
    expect(await connection().flags([link, plain])).toEqual([[], []]);
    for (const look of ['rights', 'flags'] as const)
      await expect(connection()[look]([plain, at('none'), at('nor this')])).rejects.toMatchObject({
        code: 'file.missing',
        message: expect.stringContaining(at('none')),
      });
  });
});
