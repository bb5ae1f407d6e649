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
});
