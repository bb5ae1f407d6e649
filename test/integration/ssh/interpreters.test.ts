import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import * as posix from '../../../electron/providers/connections/common/posix.ts';
import { readStat } from '../../../electron/providers/connections/common/posix-answers.ts';
import {
  flags,
  readFlags,
  readRights,
  rights,
} from '../../../electron/providers/connections/common/posix-rights.ts';
import {
  factsScript,
  readHostFacts,
  trickyText,
} from '../../../electron/providers/connections/ssh/host-facts.ts';
import { toolsOf } from '../../make/busybox-tools.ts';
import { have } from '../../servers/available.ts';

const interpreters = [
  { name: 'dash', argv: ['dash'] as const },
  { name: 'bash', argv: ['bash', '--posix'] as const },
  { name: 'busybox', argv: ['busybox', 'sh'] as const },
];
const tools: posix.HostTools = { stat: 'gnu', sum: 'sha256sum' };

/** The scripts that run on hosts, run here by the interpreters and tools that hosts have. */
describe.each(interpreters)('the scripts under $name', ({ name, argv }) => {
  let directory: string;
  let places: string;
  const at = (file: string) => join(directory, file);

  /** With BusyBox, its own tools come first on the path. */
  beforeAll(async () => {
    places = await toolsOf(name);
  });
  afterAll(() => rm(places, { recursive: true }));
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-scripts-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function sh(script: string, args: string[], stdin = '') {
    const path = `${places}:${process.env.PATH}`;
    const result = await exec({
      argv: [argv[0], ...argv.slice(1), '-c', posix.prologue('MARK', false) + script, 'trustkeep', ...args],
      stdin: Buffer.from(stdin),
      timeoutMs: 10_000,
      env: { PATH: path, SHLVL: '2' }, // else bash takes us for rshd and reads ~/.bashrc
    });
    const stdout = result.stdout.toString();
    expect(stdout.startsWith('MARK\n')).toBe(true);
    return { code: result.code, stdout: stdout.slice(5), stderr: result.stderr.toString() };
  }
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const write = (path: string, content: string, claimed = content, without = '') =>
    sh(without + posix.write(tools), args(path, claimed), content);
  const args = (path: string, claimed: string) => [
    ...[path, '0640', '', '', String(claimed.length), sha256(claimed), 'r1', '=', '', '0'],
  ];

  test.runIf(have(argv[0]))('look at the host', async () => {
    const result = await sh(factsScript, [trickyText]);
    expect(readHostFacts(result.stdout, 'here', 'me')).toMatchObject({
      uid: process.getuid?.(),
      os: 'Linux',
      tools: { ...tools, exactMove: true },
    });
  });

  test.runIf(have(argv[0]))('write, look at, read, hash, list, copy, rename and remove', async () => {
    const path = at("it's a $name\n");
    expect(await write(path, 'content')).toMatchObject({ code: 0, stdout: '' });
    expect(await readFile(path, 'utf8')).toBe('content');
    const facts = readStat(path, (await sh(posix.stat(tools), [path])).stdout);
    expect(facts).toMatchObject({ realPath: path, kind: 'file', size: 7, mode: 0o640 });
    expect((await sh(posix.read(), [path])).stdout).toBe('content');
    expect((await sh(posix.hash(tools), [path])).stdout.slice(0, 64)).toBe(sha256('content'));
    expect(await sh(posix.copy(tools), [path, at('copy'), 'r2'])).toMatchObject({ code: 0 });
    expect((await stat(at('copy'))).mode & 0o7777).toBe(0o640);
    await writeFile(at('..two'), '');
    await writeFile(at('.one'), '');
    const listed = (await sh(posix.list, [directory])).stdout.split('\0').slice(0, -1);
    expect(listed.sort()).toEqual((await readdir(directory)).sort());
    expect(await sh(posix.rename(tools), [at('copy'), path])).toMatchObject({ code: 0 });
    expect(await sh(posix.remove, [path])).toMatchObject({ code: 0 });
    expect((await readdir(directory)).sort()).toEqual(['..two', '.one']);
  });

  test.runIf(have(argv[0]))(
    'move nothing into a directory that is laid in the way at the last moment',
    async () => {
      await mkdir(at('trap'));
      await writeFile(at('new'), 'key');
      const trap = `mv() { rm -rf -- "${at('f')}"; ln -s trap "${at('f')}"; command mv "$@"; }\n`;
      for (const exactMove of [true, false]) {
        const its = { ...tools, exactMove };
        // GNU replaces the link, BusyBox refuses it
        const replaces = exactMove && name !== 'busybox';
        const end = { code: replaces ? 0 : posix.exits.notReplaced };
        await writeFile(at('f'), 'old');
        expect(await sh(trap + posix.write(its), args(at('f'), 'content'), 'content')).toMatchObject(end);
        if (replaces) expect(await readFile(at('f'), 'utf8')).toBe('content');
        for (const script of [posix.rename(its), posix.place(its)]) {
          await rm(at('f'));
          await writeFile(at('f'), 'old');
          await writeFile(at('new'), 'key');
          expect(await sh(trap + script, [at('new'), at('f')])).toMatchObject(end);
          if (replaces) expect(await readFile(at('f'), 'utf8')).toBe('key');
        }
        expect(await readdir(at('trap')), `${name}, exactly: ${exactMove}`).toEqual([]);
        await rm(at('f'));
      }
    },
  );

  test.runIf(have(argv[0]))('refuse content that is short or not what was sent', async () => {
    await writeFile(at('f'), 'old');
    expect(await write(at('f'), 'cont', 'content')).toMatchObject({ code: posix.exits.damaged });
    expect(await write(at('f'), 'CONTENT', 'content')).toMatchObject({ code: posix.exits.damaged });
    expect(await write(at('f'), 'content and more', 'content')).toMatchObject({ code: posix.exits.damaged });
    expect(await readFile(at('f'), 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['f']);
  });

  test.runIf(have(argv[0]))('never write into a temporary file that somebody else made', async () => {
    await writeFile(at('victim'), 'precious');
    await symlink('victim', at('.f.trustkeep-r1'));
    const noMktemp = 'mktemp() { return 1; }\n';
    expect(await write(at('f'), 'content', 'content', noMktemp)).toMatchObject({
      code: posix.exits.notWritten,
    });
    expect(await readFile(at('victim'), 'utf8')).toBe('precious');
  });

  test.runIf(have(argv[0]) && have('setfacl') && have('setfattr'))('tell and keep rights', async () => {
    const path = at("it's\na \\ file");
    await writeFile(path, 'old', { mode: 0o600 });
    for (const argv of [
      ['setfacl', '-m', 'u:daemon:r', path] as const,
      ['setfattr', '-n', 'user.a"b=c', '-v', 'x\ny', path] as const,
    ])
      expect((await exec({ argv, timeoutMs: 5_000 })).code).toBe(0);
    const [before] = readRights((await sh(rights, [path])).stdout);
    expect(before).toMatchObject({
      acl: 'user::rw-,user:daemon:r--,group::---,mask::r--,other::---',
      attributes: expect.stringMatching(/^user\.a"b.*=[0-9a-f]{16}$/),
      untold: [],
    });
    expect(await write(path, 'new')).toMatchObject({ code: 0, stderr: expect.not.stringContaining('set') });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(readRights((await sh(rights, [path])).stdout)).toEqual([before]);
    expect(await sh(posix.copy(tools), [path, at('kept'), 'r2'])).toMatchObject({ code: 0 });
    await writeFile(at('plain'), '');
    const several = [at('kept'), at('plain'), path];
    const [, plain] = readRights((await sh(rights, several)).stdout);
    expect(plain).toMatchObject({ acl: '', attributes: '' });
    expect(readRights((await sh(rights, several)).stdout)).toEqual([before, plain, before]);
    expect(readFlags((await sh(flags, several)).stdout, 3)).toEqual([[], [], []]);
  });

  test.runIf(have(argv[0]) && have('setfacl'))('leave a list that they cannot read, and say so', async () => {
    const none = ['getfacl', 'setfacl', 'getfattr', 'lsattr'].map((name) => `${name}() { return 127; }\n`);
    const lacking = `command() { return 1; }\n${none.join('')}`;
    await writeFile(at('f'), 'old', { mode: 0o600 });
    const [plain] = readRights((await sh(lacking + rights, [at('f')])).stdout);
    // only GNU ls is known to mark every list
    const told = name === 'busybox' ? null : '';
    expect(plain).toMatchObject({ acl: told, hidesAcl: false, attributes: null });
    expect(readFlags((await sh(lacking + flags, [at('f')])).stdout, 1)).toEqual([null]);
    expect(plain?.untold).toEqual([
      ...(told === null ? ['an ACL (getfacl)'] : []),
      'extended attributes (getfattr)',
    ]);
    expect(await write(at('f'), 'new', 'new', lacking)).toMatchObject({ code: 0 });
    if (told === null) return; // its ls shows no list, and the plan has said so
    await exec({ argv: ['setfacl', '-m', 'u:daemon:r', at('f')], timeoutMs: 5_000 });
    expect(readRights((await sh(lacking + rights, [at('f')])).stdout)).toMatchObject([
      { acl: null, hidesAcl: true },
    ]);
    expect(await write(at('f'), 'newer', 'newer', lacking)).toMatchObject({ code: posix.exits.notKept });
    expect(await readFile(at('f'), 'utf8')).toBe('new');
    expect(await readdir(directory)).toEqual(['f']);
  });

  test.runIf(have(argv[0]))('stop before anything when the guard is missing', async () => {
    await mkdir(at('d'));
    const script = `${posix.prologue('MARK', true)}: >"$1"`;
    const run = (stdin: string) =>
      exec({
        argv: [argv[0], ...argv.slice(1), '-c', script, 'x', at('d/f')],
        stdin: Buffer.from(stdin),
        timeoutMs: 5_000,
      });
    const stopped = await run('password\nMARK\ndata');
    expect([stopped.code, stopped.stdout.toString()]).toEqual([posix.exits.unguarded, '']);
    expect(await readdir(at('d'))).toEqual([]);
    expect((await run('MARK\ndata')).code).toBe(0);
    expect(await readdir(at('d'))).toEqual(['f']);
  });
});
