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
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import * as posix from '../../../electron/providers/connections/common/posix.ts';
import { toolsOf } from '../../make/busybox-tools.ts';
import { have } from '../../servers/available.ts';

const interpreters = [
  { name: 'dash', argv: ['dash'] as const },
  { name: 'bash', argv: ['bash', '--posix'] as const },
  { name: 'busybox', argv: ['busybox', 'sh'] as const },
];
const random = '0123456789abcdef';

interface File {
  path: string;
  content: string;
  mode?: string;
  owner?: [string, string];
  around?: { before: number; onHost: string };
  claimed?: string;
}

/** The script that writes several files in one go, run here by the interpreters and tools that hosts have. */
describe.each(interpreters)('writing several files with one script under $name', ({ name, argv }) => {
  const can = have(argv[0]) && have('getfattr') && process.getuid?.() === 0;
  let directory: string;
  let places: string;
  const at = (file: string) => join(directory, file);
  const beside = name === 'busybox' ? undefined : ('ls' as const);

  beforeAll(async () => {
    places = await toolsOf(name);
  });
  afterAll(() => rm(places, { recursive: true }));
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-scripts-'));
    for (const file of ['a.key', 'a.crt']) await writeFile(at(file), `old ${file}`, { mode: 0o600 });
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** What is behind the input stays for the next who reads. */
  async function write(files: File[], how: { without?: string; tools?: Partial<posix.HostTools> } = {}) {
    const tools: posix.HostTools = {
      ...{
        stat: 'gnu',
        sum: 'sha256sum',
        exactMove: true,
        beside: 'getfattr',
        syncsFiles: name !== 'busybox',
      },
      ...how.tools,
    };
    const args = files.flatMap(
      ({ path, content, mode = '0600', owner = ['root', 'root'], around, claimed }) => {
        const sum = createHash('sha256').update(claimed ?? content);
        const length = Buffer.byteLength(content);
        const before = around?.before ?? length;
        const mask = (~Number.parseInt(mode, 8) & 0o777).toString(8);
        const rest = around === undefined ? 0 : length - before;
        return [
          path,
          mode,
          ...owner,
          sum.digest('hex'),
          String(before),
          around?.onHost ?? '',
          String(rest),
          mask,
        ];
      },
    );
    const script = `( ${how.without ?? ''}\n${posix.writeAll(tools)}\n) ; echo "code=$?"; cat`;
    const result = await exec({
      argv: [argv[0], ...argv.slice(1), '-c', posix.prologue('MARK', false) + script, 'x', random, ...args],
      stdin: Buffer.from(`${files.map(({ content }) => content).join('')}the next`),
      timeoutMs: 20_000,
      env: { PATH: `${places}:${process.env.PATH}`, SHLVL: '2' },
    });
    const [, code, rest] = /^MARK\ncode=(\d+)\n([\s\S]*)$/.exec(result.stdout.toString()) ?? [];
    return { code: Number(code), rest, stderr: result.stderr.toString() };
  }
  const pair = (): [File, File] => [
    { path: at('a.key'), content: 'new key\n\n' },
    { path: at('a.crt'), content: 'new crt', mode: '0644', owner: ['33', '34'] },
  ];
  const unchanged = async (names = ['a.crt', 'a.key']) => {
    expect((await readdir(directory)).sort()).toEqual(names);
    for (const file of ['a.key', 'a.crt']) expect(await readFile(at(file), 'utf8')).toBe(`old ${file}`);
  };

  test.runIf(can)('gives content, owner and mode, and reads no more than that', async () => {
    await chmod(directory, 0o2775); // its files would have its group
    await chown(directory, 0, 34);
    expect(await write(pair())).toMatchObject({ code: 0, rest: 'the next', stderr: '' });
    expect(await readFile(at('a.key'), 'utf8')).toBe('new key\n\n');
    expect(await readFile(at('a.crt'), 'utf8')).toBe('new crt');
    expect(await stat(at('a.key'))).toMatchObject({ uid: 0, gid: 0, mode: 0o100600 });
    expect(await stat(at('a.crt'))).toMatchObject({ uid: 33, gid: 34, mode: 0o100644 });
    expect((await readdir(directory)).sort()).toEqual(['a.crt', 'a.key']);
  });

  test.runIf(can)('starts no program to give what a new file has from the beginning', async () => {
    const asked = `>>'${at('asked')}'; command`;
    const without = `chown() { echo o ${asked} chown "$@"; }; chmod() { echo m ${asked} chmod "$@"; }`;
    const files = [pair()[0], { path: at('a.crt'), content: 'new', mode: '0644' }];
    expect((await write(files, { without: `own=root:root; ${without}` })).code).toBe(0);
    expect((await readdir(directory)).sort()).toEqual(['a.crt', 'a.key']);
    expect(await stat(at('a.key'))).toMatchObject({ uid: 0, gid: 0, mode: 0o100600 });
    expect(await stat(at('a.crt'))).toMatchObject({ uid: 0, gid: 0, mode: 0o100644 });
    expect((await write(files, { without: `own=other:root; ${without}` })).code).toBe(0);
    expect(await readFile(at('asked'), 'utf8')).toBe('o\nm\n');
    expect(await stat(at('a.crt'))).toMatchObject({ uid: 0, gid: 0, mode: 0o100644 });
    await rm(at('asked'));
    await chown(directory, 0, 34);
    await chmod(directory, 0o2775); // its files have its group, so that a mode would hold for others than are meant
    expect((await write(files, { without: 'own=root:root' })).code).toBe(posix.exits.notPlain);
    expect((await readdir(directory)).sort()).toEqual(['a.crt', 'a.key']);
  });

  test.runIf(can)('takes any name and any bytes, empty files and megabytes', async () => {
    const names = ["it's\n$(id) `x` \\ *", '-rf', ' b ', 'é"'];
    const contents = ['', 'x'.repeat(3_000_001), '\n', "'"];
    const files = names.map((file, i) => ({ path: at(file), content: contents[i] ?? '' }));
    const { code, rest } = await write(files);
    // BusyBox does not say in one line what a name with a line feed sums up to
    expect([0, posix.exits.notPlain]).toContain(code);
    if (name !== 'busybox') expect([code, rest]).toEqual([0, 'the next']);
    if (code === 0) for (const { path, content } of files) expect(await readFile(path, 'utf8')).toBe(content);
    expect((await write(files.slice(1))).code).toBe(0);
    for (const { path, content } of files.slice(1)) expect(await readFile(path, 'utf8')).toBe(content);
  });

  test.runIf(can)('puts content around a file of the host', async () => {
    await writeFile(at('made.key'), 'KEY');
    const around = { before: 2, onHost: at('made.key') };
    const files = [{ path: at('a.key'), content: 'b\na', around, claimed: 'b\nKEYa' }, pair()[1]];
    expect(await write(files)).toMatchObject({ code: 0, rest: 'the next' });
    expect(await readFile(at('a.key'), 'utf8')).toBe('b\nKEYa');
  });

  test.runIf(can)(
    'removes what writes that were cut off left, and leaves other such names to the long way',
    async () => {
      await writeFile(at(`.a.key.trustkeep-${random.replace('0', '1')}.Xy`), 'half');
      expect((await write(pair())).code).toBe(0);
      expect((await readdir(directory)).sort()).toEqual(['a.crt', 'a.key']);
    },
  );

  const notPlain: [string, (paths: File[]) => Promise<unknown> | unknown][] = [
    [
      'a link',
      async () => {
        await rm(at('a.crt'));
        await writeFile(at('real'), 'old a.crt');
        await symlink('real', at('a.crt'));
      },
    ],
    [
      'a directory',
      (files) => {
        files.push({ path: directory, content: '' });
      },
    ],
    [
      'a directory that is missing',
      (files) => {
        files.push({ path: at('none/f'), content: '' });
      },
    ],
    [
      'an owner that is not known',
      (files) => {
        files[1] = { ...pair()[1], owner: ['no-such-user', 'root'] };
      },
    ],
    [
      'other content than was sent',
      (files) => {
        files[1] = { ...pair()[1], claimed: 'other' };
      },
    ],
    ['a name that may be of a write under way', () => writeFile(at('.a.key.trustkeep-notes'), '')],
    [
      'an attribute',
      () => exec({ argv: ['setfattr', '-n', 'user.note', '-v', 'x', at('a.crt')], timeoutMs: 5_000 }),
    ],
    ['a list', () => exec({ argv: ['setfacl', '-m', 'u:daemon:r', at('a.key')], timeoutMs: 5_000 })],
    [
      'a list of the directory',
      () => exec({ argv: ['setfacl', '-d', '-m', 'u:daemon:r', directory], timeoutMs: 5_000 }),
    ],
  ];
  test.runIf(can && have('setfacl') && have('setfattr')).each(notPlain)(
    'changes nothing and leaves nothing where there is %s',
    async (what, make) => {
      const files: File[] = pair();
      await make(files);
      const before = (await readdir(directory)).sort();
      expect((await write(files)).code).toBe(posix.exits.notPlain);
      await unchanged(before);
      if (beside === undefined || what === 'an attribute') return;
      expect((await write(files, { tools: { beside } })).code).toBe(posix.exits.notPlain);
      await unchanged(before);
    },
  );

  const flushes = name === 'busybox' ? [] : ['sync'];
  const faults = ['getfattr', 'dd', 'sha256sum', 'chown', 'chmod', 'mv', ...flushes];
  test.runIf(can).each(faults)('changes nothing and leaves nothing where %s fails', async (program) => {
    expect((await write(pair(), { without: `${program}() { return 1; }` })).code).toBe(posix.exits.notPlain);
    await unchanged();
  });

  test.runIf(can)('says so where only the first could be renamed', async () => {
    const without =
      'mv() { case "$*" in *a.crt*) echo "mv: Permission denied" >&2; return 1 ;; esac; command mv "$@"; }';
    const { code, stderr } = await write(pair(), { without });
    expect([code, stderr]).toEqual([posix.exits.notReplaced, 'mv: Permission denied\n']);
    expect((await readdir(directory)).sort()).toEqual(['a.crt', 'a.key']);
    expect(await readFile(at('a.key'), 'utf8')).toBe('new key\n\n');
    expect(await readFile(at('a.crt'), 'utf8')).toBe('old a.crt');
  });

  test.runIf(can)('never holds content that its directory opens to others', async () => {
    await mkdir(at('d'));
    await exec({ argv: ['setfacl', '-d', '-m', 'u:daemon:rw', at('d')], timeoutMs: 5_000 });
    const without = 'dd() { echo written >>"$d0/seen"; command dd "$@"; }';
    const file = { path: at('d/f'), content: 'key' };
    const script = `d0='${directory}'\n${without}`;
    expect((await write([file], { without: script })).code).toBe(posix.exits.notPlain);
    expect(await readdir(at('d'))).toEqual([]);
    expect(await readdir(directory)).not.toContain('seen');
  });
});
