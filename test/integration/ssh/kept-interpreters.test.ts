import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import * as posix from '../../../electron/providers/connections/common/posix.ts';
import { FramedOutput } from '../../../electron/providers/connections/ssh/framed-output.ts';
import { loopOf } from '../../../electron/providers/connections/ssh/kept-shell.ts';
import { have } from '../../servers/available.ts';

const interpreters = [
  { name: 'dash', argv: ['dash'] as const },
  { name: 'bash', argv: ['bash', '--posix'] as const },
  { name: 'busybox', argv: ['busybox', 'sh'] as const },
];
const marker = 'trustkeep-0123';

/** What runs scripts on a host one after the other, run here by the interpreters that hosts have, everything sent at once. */
describe.each(interpreters)('requests of an interpreter that is kept under $name', ({ argv }) => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-loop-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function run(input: string) {
    const result = await exec({
      argv: [argv[0], ...argv.slice(1), '-c', posix.prologue(marker, true) + loopOf(marker), 'x'],
      stdin: Buffer.from(`${marker}\n${input}`),
      timeoutMs: 20_000,
      env: { PATH: process.env.PATH ?? '', SHLVL: '2', TMOUT: '1' },
    });
    const answer = (token: string) => {
      const [stdout, stderr] = [result.stdout, result.stderr].map((stream) => {
        const framed = new FramedOutput({ begin: `${token}b`, end: `${token}e` }, 1_000_000);
        framed.push(stream);
        return framed;
      });
      return { code: stdout?.said, out: stdout?.bytes().toString(), err: stderr?.bytes().toString() };
    };
    return { code: result.code, answer };
  }
  const ask = (token: string, script: string, takes = 'nothing', args = '') =>
    `${marker} ask ${token} ${takes} '${script}' ${args}\n`;

  test.runIf(have(argv[0]))('are answered one after the other, each from a fresh start', async () => {
    const { code, answer } = await run(
      [
        `${marker} s0='printf "%s|" "$@"'\n`,
        `${marker} ask A nothing "$s0" 'it'\\''s' 'a'"$nl"'b\\' '' '$x *'\n`,
        ask(
          'B',
          'cd /; x=left; set -C; umask 0; trap "printf trapped" 0; printf err >&2; exec sh -c "exit 7"',
        ),
        ask('C', 'printf "%s" "[$x$#$(umask)]"; [ "$PWD" != / ]'),
        ask('D', 'if then'),
        ask('E', 'cat; printf "%s" "$own"'),
      ].join(''),
    );
    expect(answer('A')).toEqual({ code: '0', out: "it's|a\nb\\||$x *|", err: '' });
    expect(answer('B')).toMatchObject({ code: '7', err: 'err' });
    expect(answer('C')).toMatchObject({ code: '0', out: expect.stringMatching(/^\[00+22\]$/) });
    expect(answer('D').code).not.toBe('0');
    expect(answer('E')).toMatchObject({ code: '0', out: expect.stringMatching(/^\w+:\w+$/) });
    expect(code).toBe(0);
  });

  test.runIf(have(argv[0]))('take exactly their part of the input', async () => {
    const take = 'dd bs=65536 count="$1" iflag=fullblock,count_bytes 2>/dev/null';
    const content = `${'key\n'.repeat(30_000)}${marker} ask X nothing "exit 3"\n`;
    const { answer } = await run(
      `${ask('A', take, 'input', String(content.length))}${content}${ask('B', 'echo next')}`,
    );
    expect(answer('A')).toMatchObject({ code: '0', out: content });
    expect(answer('B')).toMatchObject({ code: '0', out: 'next\n' });
  });

  test.runIf(have(argv[0]))('end when one did not read its input, which is run never', async () => {
    const touch = `: >'\\''${directory}/ran'\\''`;
    const unread = ask('B', touch);
    const { code, answer } = await run(`${ask('A', 'exit 4', 'input')}${unread}`);
    expect([code, answer('A').code, answer('B').code]).toEqual([0, '4', null]);
    const foreign = await run(`: >'${directory}/ran'\n${ask('B', touch)}`);
    expect([foreign.code, foreign.answer('B').code]).toEqual([posix.exits.unguarded, null]);
    await expect(readFile(join(directory, 'ran'))).rejects.toThrow();
    expect((await run(ask('B', touch))).answer('B').code).toBe('0');
    expect(await readFile(join(directory, 'ran'), 'utf8')).toBe('');
  });
});
