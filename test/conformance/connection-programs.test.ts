import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Secret } from '../../electron/secrets/secret.ts';
import { eachConnection, names } from './each-connection.ts';

eachConnection('runs programs', ({ connection, at }) => {
  test('and hands over arguments and input exactly as they are', async () => {
    const script = 'for a; do printf "%s\\0" "$a"; done; cat';
    const input = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const args = [...names, ''];
    const result = await connection().exec({ argv: ['sh', '-c', script, 'x', ...args], stdin: input });
    expect(result.code).toBe(0);
    expect(result.stdout.equals(Buffer.concat([Buffer.from(`${args.join('\0')}\0`), input]))).toBe(true);
  });
  test('and takes a secret as input', async () => {
    const result = await connection().exec({ argv: ['cat'], stdin: Secret.of('top secret') });
    expect(result.stdout.toString()).toBe('top secret');
  });
  test('and gives exit code and both outputs apart', async () => {
    const result = await connection().exec({ argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'] });
    expect(result).toMatchObject({ code: 7, timedOut: false });
    expect(result.stdout.toString()).toBe('out\n');
    expect(result.stderr.toString()).toBe('err\n');
  });
  test('in the C locale with the system directories on the path', async () => {
    const result = await connection().exec({ argv: ['sh', '-c', 'echo "$LC_ALL:$PATH:"'] });
    expect(result.stdout.toString()).toMatch(/^C:.*:\/usr\/sbin:/);
  });
  test('and says 127 for one that is not there, 126 for one that may not be run', async () => {
    await writeFile(at('no-program'), 'x', { mode: 0o644 });
    expect((await connection().exec({ argv: ['no-such-program-here'] })).code).toBe(127);
    expect((await connection().exec({ argv: [at('no-program')] })).code).toBe(126);
  });
  test('and does not take a part of what is printed for the whole', async () => {
    const argv: [string, ...string[]] = ['sh', '-c', 'head -c 3000000 /dev/zero'];
    const asked = connection().exec({ argv, outputBytes: 1_000_000 });
    await expect(asked).rejects.toMatchObject({ code: 'endpoint.output-too-large' });
    const { stdout, cut } = await connection().exec({ argv, outputBytes: 1_000_000, partial: true });
    expect(cut).toBe(true);
    expect(stdout.length).toBeGreaterThanOrEqual(1_000_000);
    expect((await connection().exec({ argv, outputBytes: 3_000_000 })).stdout.length).toBe(3_000_000);
  });
  test('and does not take its own patience for the answer of a program', async () => {
    const asked = connection().exec({ argv: ['sleep', '60'], timeoutMs: 500 });
    await expect(asked).rejects.toMatchObject({
      code: 'endpoint.command-timed-out',
      message: expect.stringContaining('sleep 60 did not finish within 1 s'),
    });
  });
  test('and gives up at the time-out with what was said until then', async () => {
    // on a busy machine it may take seconds until the program begins
    for (const timeoutMs of [700, 3000, 15_000]) {
      const result = await connection().exec({
        argv: ['sh', '-c', 'echo begun; exec sleep 60'],
        timeoutMs,
        partial: true,
      });
      expect(result).toMatchObject({ code: null, timedOut: true });
      if (result.stdout.length === 0 && timeoutMs < 15_000) continue;
      expect(result.stdout.toString()).toBe('begun\n');
      return;
    }
  });
  test('and does not wait for a server left behind, where one is expected', async () => {
    const begun = performance.now();
    const result = await connection().exec({
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
    const running = connection().exec({ argv: ['sleep', '20'], timeoutMs: 1_000, signal: control.signal });
    setTimeout(() => control.abort(new Error('enough')), 200);
    await expect(running).rejects.toThrow('enough');
    await expect(connection().exec({ argv: ['true'], signal: control.signal })).rejects.toThrow('enough');
  });
  test('a dozen at a time, each with its own output', async () => {
    const numbers = Array.from({ length: 12 }, (_, index) => String(index));
    const results = await Promise.all(numbers.map((one) => connection().exec({ argv: ['echo', one] })));
    expect(results.map((one) => one.stdout.toString().trim())).toEqual(numbers);
  });
  test('that write megabytes and read none of their input', async () => {
    const result = await connection().exec({
      argv: ['head', '-c', '3000000', '/dev/zero'],
      stdin: Buffer.alloc(3_000_000),
    });
    expect(result.stdout.length).toBe(3_000_000);
  });
});
