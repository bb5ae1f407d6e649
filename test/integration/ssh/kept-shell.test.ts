import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import type { HostConnection } from '../../../electron/providers/connections/connection.ts';
import { connectTo } from '../../make/connection.ts';
import { have } from '../../servers/available.ts';
import { canRunSshd, type Sshd, type SshdOptions, startSshd } from '../../servers/sshd.ts';

const rights: { as: string; options: SshdOptions }[] = [
  { as: 'root', options: {} },
  { as: 'a user with sudo and a password', options: { user: { sudo: 'password', password: 'hunter2' } } },
  { as: 'a user whose login shell is not sh', options: { user: { sudo: 'nopasswd', shell: '/bin/bash' } } },
];

describe.runIf(canRunSshd() && have('sudo')).each(rights)(
  'a kept command interpreter, as $as',
  ({ options }) => {
    let directory: string;
    let server: Sshd;
    let connection: HostConnection;
    const run = (script: string, how: { timeoutMs?: number; partial?: boolean; signal?: AbortSignal } = {}) =>
      connection.exec({ argv: ['sh', '-c', script, 'sh', directory], selfContained: true, ...how });
    const said = async (script: string) => (await run(script)).stdout.toString();
    const sessions = () => server.output().split('Starting session').length - 1;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'trustkeep-kept-'));
      server = await startSshd(options);
      connection = await connectTo(server);
    });
    afterAll(async () => {
      await connection?.close();
      await server?.stop();
      await rm(directory, { recursive: true });
    });

    test('runs one script after the other in one session, and each leaves nothing behind for the next', async () => {
      await said(':');
      const before = sessions();
      const first = await said('echo $$');
      expect((await run('cd /; umask 0; x=left; set -- a; trap "echo trapped" 0; exec false')).code).toBe(1);
      expect(await said('[ "$PWD" != / ] && echo "$x:$1:$(umask)"')).toMatch(/^:\/.*:00[^0]/);
      expect((await run('exit 7')).code).toBe(7);
      expect((await run('no-such-program-here')).code).toBe(127);
      expect((await run('if then')).code).not.toBe(0);
      expect(await said('echo $$')).toBe(first);
      expect(sessions()).toBe(before);
    });

    test('and gives both outputs apart and as they are, whatever is in them', async () => {
      const result = await run('printf out; printf err >&2');
      expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['out', 'err']);
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256));
      await writeFile(join(directory, 'bytes'), bytes, { mode: 0o644 });
      expect((await run('cat "$1/bytes"')).stdout.equals(bytes)).toBe(true);
      // what a script can know of the marks: those of the interpreter and of its own request
      const marked = await said(`printf "%sb\\n%s0\\n%s" "$token" "$token" "\${line%% *}"`);
      const token = marked.slice(0, marked.indexOf('b\n'));
      expect(token).toMatch(/^trustkeep-/);
      expect(marked.startsWith(`${token}b\n${token}0\ntrustkeep-`)).toBe(true);
      expect(await said('echo next')).toBe('next\n');
    });

    test('and gives a script that reads input none, least of all the next request', async () => {
      const [read, next] = await Promise.all([said('cat; read -r x; echo "[$x]"'), said('echo next')]);
      expect([read, next]).toEqual(['[]\n', 'next\n']);
    });

    test('and hands arguments over as they are', async () => {
      const words = ["it's", 'a\nb\n', '$HOME `id`', 'back\\slash', '', '-n', '*'];
      const result = await connection.exec({ argv: ['printf', '%s|', ...words], selfContained: true });
      expect(result.stdout.toString()).toBe(`${words.join('|')}|`);
    });

    test('and takes ten megabytes of output, and no more than are wanted', async () => {
      const zeros = 'head -c 10000000 /dev/zero; echo end >&2';
      const whole = await run(zeros);
      expect([whole.stdout.length, whole.stderr.toString(), whole.cut]).toEqual([10_000_000, 'end\n', false]);
      const asked = connection.exec({
        argv: ['sh', '-c', zeros],
        selfContained: true,
        outputBytes: 1_000_000,
      });
      await expect(asked).rejects.toMatchObject({ code: 'endpoint.output-too-large' });
      expect(await said('echo next')).toBe('next\n');
    });

    test('that was ended between two scripts is replaced, and nothing is run twice', async () => {
      for (const how of ['KILL', 'TERM']) {
        const pid = (await said('echo $$')).trim();
        await exec({ argv: ['kill', `-${how}`, pid], timeoutMs: 5_000 });
        expect(await said('echo ran >>"$1/runs"; echo next')).toBe('next\n');
      }
      expect(await readFile(join(directory, 'runs'), 'utf8')).toBe('ran\nran\n');
    });

    test('that is ended in the middle of a script says that it is not known how that ended', async () => {
      await expect(run('echo begun; kill -9 $$; sleep 1')).rejects.toMatchObject({ code: 'connection.lost' });
      expect(await said('echo next')).toBe('next\n');
    });

    test('gives up at the time-out with what was said until then, and is used no further', async () => {
      const pid = await said('echo $$');
      const late = await run('echo begun; exec sleep 60', { timeoutMs: 3_000, partial: true });
      expect(late).toMatchObject({ code: null, timedOut: true });
      expect(late.stdout.toString()).toBe('begun\n');
      await expect(run('exec sleep 60', { timeoutMs: 300 })).rejects.toMatchObject({
        code: 'endpoint.command-timed-out',
      });
      expect(await said('echo $$')).not.toBe(pid);
    });

    test('stops with the reason of an aborted signal', async () => {
      const control = new AbortController();
      const running = run('exec sleep 20', { signal: control.signal });
      setTimeout(() => control.abort(new Error('enough')), 100);
      await expect(running).rejects.toThrow('enough');
      await expect(run(':', { signal: control.signal })).rejects.toThrow('enough');
      expect(await said('echo next')).toBe('next\n');
    });

    test('writes several files without another session, and those that cannot be with the reason', async () => {
      await said(':');
      const before = sessions();
      const root = { mode: 0o640, owner: 'root', group: 'root' };
      const file = (name: string, options = root) => ({
        ...{
          path: join(directory, name),
          content: Buffer.from(`of ${name}\n${Buffer.alloc(200_000, 7)}`),
          options,
        },
      });
      await connection.writeAll([file('key'), file('crt')]);
      expect(sessions()).toBe(before);
      for (const name of ['key', 'crt'])
        expect(await readFile(join(directory, name), 'utf8')).toContain(`of ${name}\n`);
      const unknown = file('crt', { ...root, owner: 'no-such-user' });
      await expect(connection.writeAll([file('key'), unknown])).rejects.toMatchObject({
        code: 'file.owner-unknown',
      });
      expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(await said('echo next')).toBe('next\n');
    });

    test('ends with its connection, with what it runs', async () => {
      const own = await connectTo(server);
      const pid = (await own.exec({ argv: ['sh', '-c', 'echo $$'], selfContained: true })).stdout.toString();
      await own.close();
      await expect(own.stat('/')).rejects.toMatchObject({ code: 'connection.closed' });
      const ended = async () => !(await readdir('/proc')).includes(pid.trim());
      while (!(await ended())) await new Promise((resolve) => setTimeout(resolve, 10));
    });
  },
);

describe.runIf(canRunSshd())('a host that allows few sessions', () => {
  test.each([1, 2, 3])('is asked for no more than %i', { timeout: 60_000 }, async (most) => {
    const server = await startSshd({ config: [`MaxSessions ${most}`] });
    const connection = await connectTo(server);
    try {
      const numbers = Array.from({ length: 24 }, (_, index) => String(index));
      const answers = await Promise.all(
        numbers.map((one, at) => connection.exec({ argv: ['echo', one], selfContained: at % 3 !== 0 })),
      );
      expect(answers.map(({ stdout }) => stdout.toString().trim())).toEqual(numbers);
      for (const one of numbers.slice(0, 6)) {
        await connection.exec({ argv: ['echo', one], selfContained: true });
        await connection.exec({ argv: ['echo', one] });
      }
    } finally {
      await connection.close();
      await server.stop();
    }
  });
});
