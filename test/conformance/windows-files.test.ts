import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inherited, privateRights } from '#test/servers/powershell-world.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { sha256 } from './each-connection.ts';
import { eachWindowsWay } from './each-windows-way.ts';

const names = [
  'plain.pem',
  'with space',
  "it's",
  '$HOME `id` $(id)',
  '[a]',
  '-rf',
  '!hist;&#~',
  '%TEMP%',
  'zertifikat-ü-证书',
];

eachWindowsWay('reads and writes files', ({ connection, world, at, real, directory }) => {
  test.each(names)('under the name %j', async (name) => {
    const path = at(name);
    await connection().write(path, Buffer.from(`for ${name}`), { mode: 0o600 });
    expect(readdirSync(directory())).toEqual([name]);
    expect(readFileSync(real(name), 'utf8')).toBe(`for ${name}`);
    expect(await connection().hash(path)).toBe(sha256(`for ${name}`));
    expect(await connection().stat(path)).toMatchObject({
      path,
      realPath: path,
      kind: 'file',
      system: 'windows',
    });
    await connection().copy(path, at('copied'));
    await connection().rename(at('copied'), path);
    expect((await connection().read(path)).toString()).toBe(`for ${name}`);
    expect(await connection().list(at(''))).toEqual([name]);
    await connection().remove(path);
    expect(readdirSync(directory())).toEqual([]);
  });

  test('of any bytes, empty ones and megabytes of them', async () => {
    const big = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 256));
    await connection().write(at('big'), big, { mode: 0o644 });
    expect(readFileSync(real('big')).equals(big)).toBe(true);
    expect((await connection().read(at('big'))).equals(big)).toBe(true);
    await connection().write(at('big'), Buffer.alloc(0), { mode: 0o644 });
    expect((await connection().read(at('big'))).length).toBe(0);
    await connection().write(at('key'), Secret.of('secret key'), { mode: 0o600 });
    expect(readFileSync(real('key'), 'utf8')).toBe('secret key');
  });

  test('and a new key is open to administrators and its writer alone, a certificate to whom its directory is', async () => {
    await connection().write(at('key'), Buffer.from('x'), { mode: 0o600 });
    await connection().write(at('crt'), Buffer.from('x'), { mode: 0o644 });
    const [key, crt] = await connection().rights([at('key'), at('crt')]);
    expect([key?.acl, crt?.acl]).toEqual([privateRights, inherited]);
  });

  test('and keeps owner and list of what is replaced, copied and renamed, or gives those asked for', async () => {
    const sddl = 'O:SYG:SYD:PAI(A;;FA;;;SY)(A;;0x120089;;;S-1-5-21-1-2-3-1105)';
    writeFileSync(real('key'), 'old');
    world().setRights(at('key'), sddl);
    const aclOf = async (name: string) => (await connection().rights([at(name)]))[0]?.acl;
    await connection().write(at('key'), Buffer.from('new'), { mode: 0o600 });
    expect(await aclOf('key')).toBe(sddl);
    await connection().copy(at('key'), at('kept'));
    await connection().write(at('key'), Buffer.from('x'), { mode: 0o600, acl: inherited });
    expect(await aclOf('key')).toBe(inherited);
    await connection().rename(at('kept'), at('key'));
    expect([await aclOf('key'), readFileSync(real('key'), 'utf8')]).toEqual([sddl, 'new']);
    const noList = connection().write(at('key'), Buffer.from('y'), {
      mode: 0o600,
      acl: 'O:SYG:SYD:NO_ACCESS_CONTROL',
    });
    await expect(noList).rejects.toMatchObject({ code: 'file.rights-not-kept' });
    const noOwner = connection().write(at('key'), Buffer.from('y'), { mode: 0o600, owner: 'CORP\\gone' });
    await expect(noOwner).rejects.toMatchObject({ code: 'file.owner-unknown' });
    expect([readdirSync(directory()), readFileSync(real('key'), 'utf8')]).toEqual([['key'], 'new']);
  });

  test('several of them together, and none when one cannot be written', async () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(real(name), `old ${name}`);
    writeFileSync(real('.a.trustkeep-0123456789abcdef'), 'left behind');
    const files = ['a', 'b', 'c'].map((name) => ({
      ...{ path: at(name), content: Buffer.from(`new ${name}`), options: { mode: 0o644 } },
    }));
    world().fail(['fill'], 112, at('c'));
    await expect(connection().writeAll(files)).rejects.toMatchObject({
      code: 'file.disk-full',
      message: expect.stringContaining(at('c')),
    });
    const contents = () => readdirSync(directory()).map((name) => readFileSync(real(name), 'utf8'));
    expect(contents()).toEqual(['old a', 'old b', 'old c']);
    world().heal();
    await connection().writeAll(files);
    expect(contents()).toEqual(['new a', 'new b', 'new c']);
  });

  test('around a file of the host, whose content does not travel', async () => {
    writeFileSync(real('key'), 'KEY');
    const around = { before: Buffer.from('<'), onHost: at('key'), after: Secret.of('>') };
    await connection().write(at('f'), { ...around, sha256: sha256('<KEY>') }, { mode: 0o600 });
    expect(readFileSync(real('f'), 'utf8')).toBe('<KEY>');
    const damaged = connection().write(at('f'), { ...around, sha256: sha256('other') }, { mode: 0o600 });
    await expect(damaged).rejects.toMatchObject({ code: 'file.damaged' });
    expect(readFileSync(real('f'), 'utf8')).toBe('<KEY>');
  });

  test('and follows links, but replaces them when it copies', async () => {
    writeFileSync(real('to'), 'x');
    symlinkSync('to', real('link'));
    expect(await connection().stat(at('link'))).toMatchObject({ path: at('link'), realPath: at('to') });
    await connection().write(at('link'), Buffer.from('y'), { mode: 0o600 });
    expect(readFileSync(real('to'), 'utf8')).toBe('y');
    writeFileSync(real('from'), 'z');
    await connection().copy(at('from'), at('link'));
    expect([readFileSync(real('to'), 'utf8'), readFileSync(real('link'), 'utf8')]).toEqual(['y', 'z']);
  });

  test('and tells of several where they lead and what their content sums up to', async () => {
    writeFileSync(real('f'), 'x');
    mkdirSync(real('d'));
    const paths = ['f', 'no', 'd'].map(at);
    expect(await connection().sums(paths)).toEqual([
      { path: at('f'), realPath: at('f'), sha256: sha256('x') },
      null,
      { path: at('d'), realPath: at('d'), sha256: null },
    ]);
    expect(await connection().hashes(paths)).toEqual(new Map([[at('f'), sha256('x')]]));
    expect(await connection().flags([at('f')])).toEqual([[]]);
    expect(await connection().sums([])).toEqual([]);
  });

  test('removes what was left, and makes directories', async () => {
    writeFileSync(real('.f.trustkeep-0123456789abcdef'), '');
    writeFileSync(real('.f.trustkeep-other'), '');
    await connection().removeLeftovers([at('f')]);
    expect(readdirSync(directory())).toEqual(['.f.trustkeep-other']);
    await connection().makeDirectory(at('a\\b'), true);
    await connection().makeDirectory(at('a\\b'), true);
    expect(readdirSync(real('a'))).toEqual(['b']);
  });
});
