import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';

const shell = (script: string): [string, ...string[]] => ['/bin/sh', '-c', script];

/** Is there a process with this id that is not just waiting to be counted? */
async function lives(pid: string): Promise<boolean> {
  const { stdout } = await exec({ argv: ['ps', '-o', 'stat=', '-p', pid], timeoutMs: 60_000 });
  return /^[^Z\s]/.test(stdout.toString().trim());
}

describe.skipIf(process.platform === 'win32')('a program that we run', () => {
  test('answers with its code and what it said', async () => {
    const result = await exec({
      argv: shell('cat; echo no >&2; exit 3'),
      stdin: Buffer.from('yes'),
      timeoutMs: 60_000,
    });
    expect(result).toMatchObject({ code: 3, timedOut: false });
    expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['yes', 'no\n']);
  });

  test('is ended by the time-out together with what it started', async () => {
    const result = await exec({ argv: shell('sleep 300 & echo $!; wait'), timeoutMs: 200 });
    expect(result).toMatchObject({ code: null, timedOut: true });
    await expect.poll(() => lives(result.stdout.toString().trim())).toBe(false);
  });

  test('has ended when it left a server in the background that keeps its output open', async () => {
    const result = await exec({
      argv: shell('sleep 300 & echo $!'),
      timeoutMs: 60_000,
      leavesBehind: true,
    });
    expect(result).toMatchObject({ code: 0, timedOut: false });
    const server = result.stdout.toString().trim();
    expect(await lives(server)).toBe(true);
    process.kill(Number(server), 'SIGKILL');
  });

  test('is ended by a signal, with the reason of the signal', async () => {
    const abort = new AbortController();
    const running = exec({ argv: shell('sleep 300 & wait'), timeoutMs: 60_000, signal: abort.signal });
    abort.abort(new Error('stopping'));
    await expect(running).rejects.toThrow('stopping');
    await expect(exec({ argv: shell('true'), timeoutMs: 60_000, signal: abort.signal })).rejects.toThrow(
      'stopping',
    );
  });

  test('that does not exist is told apart', async () => {
    await expect(exec({ argv: ['/nowhere/program'], timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  test('is ended with the process that started it', async () => {
    const at = mkdtempSync(join(tmpdir(), 'trustkeep-exec-'));
    const pidPath = join(at, 'pid');
    const program = `
      import { existsSync } from 'node:fs';
      import { exec } from ${JSON.stringify(join(import.meta.dirname, '../../../electron/kit/exec.ts'))};
      exec({ argv: ['sh', '-c', 'echo $$ > "$1.new"; mv "$1.new" "$1"; exec sleep 300', 'sh', ${JSON.stringify(pidPath)}], timeoutMs: 300_000 });
      setInterval(() => { if (existsSync(${JSON.stringify(pidPath)})) process.exit(0); }, 10);`;
    try {
      await exec({ argv: [process.execPath, '--input-type=module', '-e', program], timeoutMs: 60_000 });
      const pid = readFileSync(pidPath, 'utf8').trim();
      await expect.poll(() => lives(pid)).toBe(false);
    } finally {
      rmSync(at, { recursive: true });
    }
  });
});
