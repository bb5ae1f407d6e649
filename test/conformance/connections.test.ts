import { createHash } from 'node:crypto';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { local } from '#shared/catalog/connections/local.ts';
import { asFailure } from '#shared/failure.ts';
import { type ConnectionType, connectionDefinition, connectionTypes } from '#shared/model/connection.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { connectTo, connectTools, sshLogin, sshSettings } from '../make/connection.ts';
import { have } from '../servers/available.ts';
import { canRunSshd, type Sshd, type SshdOptions, startSshd } from '../servers/sshd.ts';
import { mountTiny } from '../servers/tiny-disk.ts';

const isRoot = process.getuid?.() === 0;
/** One host to connect to over a type of the table; `sshd` starts one there. */
interface Shape {
  name: string;
  sshd: SshdOptions | null;
  can: boolean;
}

/** Every type of the table has its shapes: one that has none is noticed here, before anything runs. */
const shapes: Record<ConnectionType, readonly Shape[]> = {
  local: [{ name: 'local', sshd: null, can: true }],
  ssh: [
    { name: 'ssh as root', sshd: {}, can: canRunSshd() },
    {
      name: 'ssh with sudo that asks nothing',
      sshd: { user: { sudo: 'nopasswd' } },
      can: canRunSshd() && have('sudo'),
    },
    {
      name: 'ssh with sudo that asks for the password',
      sshd: { user: { sudo: 'password', password: 'hunter2 "$x' } },
      can: canRunSshd() && have('sudo'),
    },
  ],
};
const siblings = connectionTypes.flatMap((type) => shapes[type].map((shape) => ({ type, ...shape })));

test.each(connectionTypes)('the suite runs over a connection of the type %s', (type) => {
  expect(siblings.filter((sibling) => sibling.type === type)).not.toEqual([]);
});

const names = [
  'plain.pem',
  'with space',
  "it's",
  'a "quoted" name',
  '$HOME `id` $(id)',
  'back\\slash',
  'line\nfeed',
  'feed at the end\n',
  'zertifikat-ü-证书',
  '-rf',
  '*?[a]',
  '!hist;&|<>#~',
  'x'.repeat(250),
];

function mustRun(server: Sshd | null): Sshd {
  if (server === null) throw new Error('this connection has no server of its own');
  return server;
}

describe.each(siblings)('a connection: $name', ({ type, sshd, can }) => {
  let server: Sshd | null = null;
  let connection: HostConnection;
  let directory: string;
  const at = (name: string) => join(directory, name);
  const leftovers = async () => (await readdir(directory)).filter((name) => name.includes('.trustkeep-'));

  beforeAll(async () => {
    if (!can) return;
    server = sshd === null ? null : await startSshd(sshd);
    connection =
      server === null ? await connect(local.fromFlat({}, null), {}, connectTools) : await connectTo(server);
  });
  afterAll(async () => {
    await connection?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-connection-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  describe.runIf(can)('is what its definition says', () => {
    const definition = connectionDefinition({ type });
    const logsIn = definition.authenticates.length > 0;
    const isKnown = definition.identity !== null;
    test('and tells where it leads, and as whom', () => {
      const settings = server === null ? local.fromFlat({}, null) : sshSettings(server);
      expect(connection.description).toBe(definition.described(settings));
      const { address, login } = definition.told(settings);
      expect(connection.dialAddress).toBe(address?.host ?? '127.0.0.1');
      expect(connection.credentialUsed).toContain(`user ${login?.user ?? ''}`);
    });
    if (logsIn)
      test('and refuses a wrong login with its own code', async () => {
        const settings = sshSettings(mustRun(server), { auth: 'password' });
        const refused = await connect(settings, { password: Secret.of('not-it') }, connectTools).catch(
          asFailure,
        );
        expect(refused).toMatchObject({ code: definition.refused, about: 'login' });
      });
    if (logsIn)
      test('and takes another login once, after a refusal', async () => {
        const running = mustRun(server);
        const asked: string[] = [];
        const made = await connect(
          sshSettings(running, { auth: 'credential-store', user: '' }),
          { user: 'nobody-here', password: Secret.of('not-it') },
          {
            ...connectTools,
            anotherLogin: async () => {
              asked.push('another');
              return { user: running.user, ...sshLogin(running) };
            },
          },
        );
        expect(asked).toEqual(['another']);
        expect(made.credentialUsed).toContain(`user ${running.user}`);
        await made.close();
      });
    if (isKnown)
      test('and does not go on when another answers', async () => {
        const running = mustRun(server);
        const other = definition.pin(sshSettings(running), `SHA256:${'a'.repeat(43)}`);
        const changed = await connect(other, sshLogin(running), connectTools).catch(asFailure);
        expect(changed).toMatchObject({ code: definition.identity?.changed, about: 'identity' });
      });
    if (isKnown)
      test('and tells the identity it met, which is then the pinned one', async () => {
        const running = mustRun(server);
        const seen: string[] = [];
        const made = await connect(definition.pin(sshSettings(running), null), sshLogin(running), {
          ...connectTools,
          onIdentity: ({ fingerprint }) => seen.push(fingerprint),
        });
        await made.close();
        expect(seen).toEqual([definition.told(sshSettings(running)).pinned]);
      });
  });

  describe.runIf(can)('runs programs', () => {
    test('and hands over arguments and input exactly as they are', async () => {
      const script = 'for a; do printf "%s\\0" "$a"; done; cat';
      const input = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const args = [...names, ''];
      const result = await connection.exec({ argv: ['sh', '-c', script, 'x', ...args], stdin: input });
      expect(result.code).toBe(0);
      expect(result.stdout.equals(Buffer.concat([Buffer.from(`${args.join('\0')}\0`), input]))).toBe(true);
    });
    test('and takes a secret as input', async () => {
      const result = await connection.exec({ argv: ['cat'], stdin: Secret.of('top secret') });
      expect(result.stdout.toString()).toBe('top secret');
    });
    test('and gives exit code and both outputs apart', async () => {
      const result = await connection.exec({ argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'] });
      expect(result).toMatchObject({ code: 7, timedOut: false });
      expect(result.stdout.toString()).toBe('out\n');
      expect(result.stderr.toString()).toBe('err\n');
    });
    test('in the C locale with the system directories on the path', async () => {
      const result = await connection.exec({ argv: ['sh', '-c', 'echo "$LC_ALL:$PATH:"'] });
      expect(result.stdout.toString()).toMatch(/^C:.*:\/usr\/sbin:/);
    });
    test('and says 127 for one that is not there, 126 for one that may not be run', async () => {
      await writeFile(at('no-program'), 'x', { mode: 0o644 });
      expect((await connection.exec({ argv: ['no-such-program-here'] })).code).toBe(127);
      expect((await connection.exec({ argv: [at('no-program')] })).code).toBe(126);
    });
    test('and gives up at the time-out with what was said until then', async () => {
      // on a busy machine it may take seconds until the program begins
      for (const timeoutMs of [700, 3000, 15_000]) {
        const result = await connection.exec({
          argv: ['sh', '-c', 'echo begun; exec sleep 60'],
          timeoutMs,
        });
        expect(result).toMatchObject({ code: null, timedOut: true });
        if (result.stdout.length === 0 && timeoutMs < 15_000) continue;
        expect(result.stdout.toString()).toBe('begun\n');
        return;
      }
    });
    test('and does not wait for a server left behind, where one is expected', async () => {
      const begun = performance.now();
      const result = await connection.exec({
        argv: ['sh', '-c', 'sleep 20 & echo started; exit 3'],
        timeoutMs: 15_000,
        leavesBehind: true,
      });
      expect(result).toMatchObject({ code: 3, timedOut: false });
      expect(result.stdout.toString()).toBe('started\n');
      expect(performance.now() - begun).toBeLessThan(12_000);
    });
    test('and stops with the reason of an aborted signal', async () => {
      const control = new AbortController();
      const running = connection.exec({ argv: ['sleep', '20'], signal: control.signal });
      setTimeout(() => control.abort(new Error('enough')), 200);
      await expect(running).rejects.toThrow('enough');
      await expect(connection.exec({ argv: ['true'], signal: control.signal })).rejects.toThrow('enough');
    });
    test('a dozen at a time, each with its own output', async () => {
      const numbers = Array.from({ length: 12 }, (_, index) => String(index));
      const results = await Promise.all(numbers.map((one) => connection.exec({ argv: ['echo', one] })));
      expect(results.map((one) => one.stdout.toString().trim())).toEqual(numbers);
    });
    test('that write megabytes and read none of their input', async () => {
      const result = await connection.exec({
        argv: ['head', '-c', '3000000', '/dev/zero'],
        stdin: Buffer.alloc(3_000_000),
      });
      expect(result.stdout.length).toBe(3_000_000);
    });
  });

  describe.runIf(can)('looks at files', () => {
    test('and tells size, mode, owner, kind and time', async () => {
      await writeFile(at('f'), 'hello');
      await chmod(at('f'), 0o4751);
      await utimes(at('f'), 1_700_000_000, 1_700_000_000);
      expect(await connection.stat(at('f'))).toEqual({
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
      });
      expect(await connection.stat(directory)).toMatchObject({ kind: 'directory', mode: 0o700 });
      expect(await connection.stat('/dev/null')).toMatchObject({ kind: 'other' });
    });
    test.runIf(isRoot)('and names an owner without a name by its number', async () => {
      await writeFile(at('f'), '');
      await chown(at('f'), 54_321, 54_322);
      expect(await connection.stat(at('f'))).toMatchObject({ owner: '54321', group: '54322', uid: 54_321 });
    });
    test('and says null where there is nothing, also behind a dead link and below a file', async () => {
      await writeFile(at('f'), '');
      await symlink(at('nothing'), at('dead'));
      expect(await connection.stat(at('nothing'))).toBeNull();
      expect(await connection.stat(at('dead'))).toBeNull();
      expect(await connection.stat(at('f/below'))).toBeNull();
    });
    test('and follows links to where they lead', async () => {
      await writeFile(at('real'), 'x');
      await symlink('real', at('link'));
      expect(await connection.stat(at('link'))).toMatchObject({
        path: at('link'),
        realPath: at('real'),
        size: 1,
      });
    });
    test('and reads and hashes any bytes', async () => {
      const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256));
      await writeFile(at('f'), content);
      expect((await connection.read(at('f'))).equals(content)).toBe(true);
      expect(await connection.hash(at('f'))).toBe(sha256(content));
      await writeFile(at('empty'), '');
      expect((await connection.read(at('empty'))).length).toBe(0);
      expect(await connection.hash(at('empty'))).toBe(sha256(''));
    });
    test('and reads 16 MiB, but not a byte more', async () => {
      await writeFile(at('big'), '');
      await truncate(at('big'), 16 * 1024 * 1024);
      expect((await connection.read(at('big'))).length).toBe(16 * 1024 * 1024);
      await truncate(at('big'), 16 * 1024 * 1024 + 1);
      await expect(connection.read(at('big'))).rejects.toMatchObject({ code: 'file.too-large' });
    });
    test('and refuses what is missing or no file', async () => {
      for (const work of [() => connection.read(at('no')), () => connection.hash(at('no'))]) {
        await expect(work()).rejects.toMatchObject({
          code: 'file.missing',
          message: expect.stringContaining(at('no')),
        });
      }
      await expect(connection.read(directory)).rejects.toMatchObject({ code: 'file.not-a-file' });
      await expect(connection.hash(directory)).rejects.toMatchObject({ code: 'file.not-a-file' });
    });
    test('and lists every name in a directory', async () => {
      for (const name of [...names, '.hidden', '..two']) await writeFile(at(name), '');
      await symlink('nowhere', at('dead link'));
      expect((await connection.list(directory)).sort()).toEqual((await readdir(directory)).sort());
      await mkdir(at('empty'));
      expect(await connection.list(at('empty'))).toEqual([]);
      await expect(connection.list(at('none'))).rejects.toMatchObject({ code: 'file.missing' });
      await expect(connection.list(at('plain.pem'))).rejects.toMatchObject({ code: 'file.not-a-directory' });
    });
    test('and takes absolute paths only', async () => {
      for (const path of ['relative/path', '', 'a\0b', '/a\0b']) {
        await expect(connection.stat(path)).rejects.toMatchObject({ code: 'file.path-invalid' });
        await expect(connection.remove(path)).rejects.toMatchObject({ code: 'file.path-invalid' });
        await expect(connection.copy(path, at('x'))).rejects.toMatchObject({ code: 'file.path-invalid' });
      }
    });
  });

  describe.runIf(can)('writes files', () => {
    test.each(names)('under the name %j', async (name) => {
      await connection.write(at(name), Buffer.from(`for ${name}`), { mode: 0o600 });
      expect(await readdir(directory)).toEqual([name]);
      expect(await readFile(at(name), 'utf8')).toBe(`for ${name}`);
      expect(await connection.hash(at(name))).toBe(sha256(`for ${name}`));
      expect((await connection.stat(at(name)))?.realPath).toBe(at(name));
      await connection.copy(at(name), at('copied'));
      await connection.rename(at('copied'), at(name));
      expect((await connection.read(at(name))).toString()).toBe(`for ${name}`);
      await connection.remove(at(name));
      expect(await readdir(directory)).toEqual([]);
    });
    test('of any bytes, empty ones and megabytes of them', async () => {
      const big = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 256));
      await connection.write(at('big'), big, { mode: 0o644 });
      expect((await readFile(at('big'))).equals(big)).toBe(true);
      await connection.write(at('big'), Buffer.alloc(0), { mode: 0o644 });
      expect((await stat(at('big'))).size).toBe(0);
      await connection.write(at('key'), Secret.of('secret key'), { mode: 0o600 });
      expect(await readFile(at('key'), 'utf8')).toBe('secret key');
    });
    test('with the mode asked for, whatever the old one and the umask were', async () => {
      await connection.write(at('f'), Buffer.from('1'), { mode: 0o666 });
      expect((await stat(at('f'))).mode & 0o7777).toBe(0o666);
      await connection.write(at('f'), Buffer.from('2'), { mode: 0o400 });
      await connection.write(at('f'), Buffer.from('3'), { mode: 0o640 });
      expect((await stat(at('f'))).mode & 0o7777).toBe(0o640);
      expect(await readFile(at('f'), 'utf8')).toBe('3');
    });
    test.runIf(isRoot)('keeping the owner of the old one, or giving it to the owner asked for', async () => {
      await writeFile(at('f'), 'old');
      await chown(at('f'), 33, 34);
      await connection.write(at('f'), Buffer.from('new'), { mode: 0o640 });
      expect(await stat(at('f'))).toMatchObject({ uid: 33, gid: 34 });
      await connection.write(at('f'), Buffer.from('new'), { mode: 0o640, owner: 'root' });
      expect(await stat(at('f'))).toMatchObject({ uid: 0, gid: 34 });
      await connection.write(at('f'), Buffer.from('new'), { mode: 0o640, owner: '4711', group: 'daemon' });
      expect(await stat(at('f'))).toMatchObject({ uid: 4711, gid: 1 });
      await connection.write(at('fresh'), Buffer.from('new'), { mode: 0o640 });
      expect(await stat(at('fresh'))).toMatchObject({ uid: 0, gid: 0 });
    });
    test('and leaves the old one when the owner wanted does not exist', async () => {
      await writeFile(at('f'), 'old');
      for (const who of [{ owner: 'no-such-user' }, { group: 'no-such-group' }, { owner: 'a:b' }]) {
        await expect(
          connection.write(at('f'), Buffer.from('new'), { mode: 0o600, ...who }),
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
      await connection.write(at('link'), Buffer.from('new'), { mode: 0o600 });
      await connection.write(at('early'), Buffer.from('first'), { mode: 0o600 });
      expect(await readFile(at('elsewhere/real'), 'utf8')).toBe('new');
      expect(await readFile(at('elsewhere/later'), 'utf8')).toBe('first');
      expect(await connection.stat(at('link'))).toMatchObject({ realPath: at('elsewhere/real') });
    });
    test('as a new file, so that who holds the old one open keeps it', async () => {
      await writeFile(at('f'), 'old');
      const before = (await stat(at('f'))).ino;
      await connection.write(at('f'), Buffer.from('new'), { mode: 0o600 });
      expect((await stat(at('f'))).ino).not.toBe(before);
    });
    test('and refuses a directory, and a path whose directory is missing', async () => {
      await mkdir(at('d'));
      const write = (path: string) => connection.write(path, Buffer.from('x'), { mode: 0o600 });
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
      await connection.write(at('f'), Buffer.from('x'), { mode: 0o600 });
      expect((await readdir(directory)).sort()).toEqual([
        '.f.other',
        '.f.trustkeep-2',
        '.g.trustkeep-3',
        'f',
      ]);
    });
    test.runIf(isRoot && have('mount'))(
      'or says that the disk is full, with the old one intact',
      async () => {
        const disk = await mountTiny(at('tiny'), '256k');
        try {
          await writeFile(at('tiny/f'), 'old');
          await writeFile(at('tiny/source'), Buffer.alloc(150_000, 1));
          await expect(
            connection.write(at('tiny/f'), Buffer.alloc(1_000_000, 65), { mode: 0o600 }),
          ).rejects.toMatchObject({
            code: 'file.disk-full',
            message: expect.stringContaining(at('tiny/f')),
            retry: 'needs-person',
          });
          await expect(connection.copy(at('tiny/source'), at('tiny/f'))).rejects.toMatchObject({
            code: 'file.disk-full',
          });
          expect(await readFile(at('tiny/f'), 'utf8')).toBe('old');
          expect((await readdir(at('tiny'))).sort()).toEqual(['f', 'source']);
        } finally {
          await disk.unmount();
        }
      },
    );
    test.runIf(isRoot && have('mount'))('or says that the file system is read-only', async () => {
      const disk = await mountTiny(at('tiny'), '256k');
      try {
        await writeFile(at('tiny/f'), 'old');
        await disk.makeReadOnly();
        await expect(
          connection.write(at('tiny/f'), Buffer.from('new'), { mode: 0o600 }),
        ).rejects.toMatchObject({
          code: 'file.read-only',
        });
        await expect(connection.remove(at('tiny/f'))).rejects.toMatchObject({ code: 'file.read-only' });
      } finally {
        await disk.unmount();
      }
    });
  });

  describe.runIf(can)('moves files', () => {
    test.runIf(isRoot)('copying content, owner, mode and time over what was there', async () => {
      await writeFile(at('from'), 'content');
      await chmod(at('from'), 0o440);
      await chown(at('from'), 33, 34);
      await utimes(at('from'), 1_600_000_000, 1_600_000_000);
      await writeFile(at('to'), 'something longer that was there');
      await connection.copy(at('from'), at('to'));
      expect(await connection.stat(at('to'))).toMatchObject({
        mode: 0o440,
        uid: 33,
        gid: 34,
        size: 7,
        modifiedAt: 1_600_000_000_000,
      });
      expect(await readFile(at('to'), 'utf8')).toBe('content');
      expect(await leftovers()).toEqual([]);
    });
    test('and names the file that is missing', async () => {
      await writeFile(at('from'), '');
      await expect(connection.copy(at('none'), at('to'))).rejects.toMatchObject({
        code: 'file.missing',
        message: expect.stringContaining(at('none')),
      });
      await expect(connection.copy(at('from'), at('nowhere/to'))).rejects.toMatchObject({
        code: 'file.missing',
        message: expect.stringContaining(at('nowhere/to')),
      });
      await expect(connection.rename(at('none'), at('to'))).rejects.toMatchObject({
        code: 'file.missing',
        message: expect.stringContaining(at('none')),
      });
    });
    test('and refuses directories', async () => {
      await writeFile(at('f'), '');
      await mkdir(at('d'));
      const refused = { code: 'file.not-a-file' };
      await expect(connection.copy(at('d'), at('to'))).rejects.toMatchObject(refused);
      await expect(connection.copy(at('f'), at('d'))).rejects.toMatchObject(refused);
      await expect(connection.rename(at('f'), at('d'))).rejects.toMatchObject(refused);
      await expect(connection.remove(at('d'))).rejects.toMatchObject(refused);
      expect((await readdir(directory)).sort()).toEqual(['d', 'f']);
    });
    test('renaming over what was there', async () => {
      await writeFile(at('from'), 'new');
      await writeFile(at('to'), 'old');
      await connection.rename(at('from'), at('to'));
      expect(await readdir(directory)).toEqual(['to']);
      expect(await readFile(at('to'), 'utf8')).toBe('new');
    });
    test('removing a link and not what it leads to, and nothing without complaint', async () => {
      await writeFile(at('real'), 'x');
      await symlink('real', at('link'));
      await connection.remove(at('link'));
      await connection.remove(at('link'));
      await connection.remove(at('none/below'));
      expect(await readdir(directory)).toEqual(['real']);
    });
  });

  test.runIf(can)('says who it is and rejects everything once closed', async () => {
    const own =
      server === null ? await connect(local.fromFlat({}, null), {}, connectTools) : await connectTo(server);
    expect(own.description).toBe(
      server === null ? 'this machine' : `ssh ${server.user}@127.0.0.1:${server.port}`,
    );
    expect(own.dialAddress).toBe('127.0.0.1');
    expect(own.credentialUsed).toContain(`user ${server?.user ?? ''}`);
    const running = own.exec({ argv: ['sleep', '20'] });
    const closed = { code: 'connection.closed' };
    const stopped = expect(running).rejects.toMatchObject(closed);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await Promise.all([own.close(), own.close()]);
    await own.close();
    await stopped;
    const bytes = Buffer.from('x');
    await expect(own.exec({ argv: ['true'] })).rejects.toMatchObject(closed);
    await expect(own.stat('/')).rejects.toMatchObject(closed);
    await expect(own.read('/etc/passwd')).rejects.toMatchObject(closed);
    await expect(own.hash('/etc/passwd')).rejects.toMatchObject(closed);
    await expect(own.list('/')).rejects.toMatchObject(closed);
    await expect(own.write(at('f'), bytes, { mode: 0o600 })).rejects.toMatchObject(closed);
    await expect(own.copy(at('f'), at('g'))).rejects.toMatchObject(closed);
    await expect(own.rename(at('f'), at('g'))).rejects.toMatchObject(closed);
    await expect(own.remove(at('f'))).rejects.toMatchObject(closed);
    expect(await readdir(directory)).toEqual([]);
  });
});

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

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
