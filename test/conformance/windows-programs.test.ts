import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { windowsWays } from '#test/make/windows-ways.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { eachWindowsWay } from './each-windows-way.ts';

const hard = [
  '',
  'with space',
  'a "quoted" one',
  'end\\',
  'end with space \\',
  '\\\\"',
  '%PATH%',
  '^&|<>',
  '$(id) `x`',
  'ü 证',
  "it's",
];

eachWindowsWay('runs programs', ({ connection, peer }) => {
  test('and hands over arguments and input exactly as they are', async () => {
    const argv = ['sh', '-c', 'for a; do printf "%s\\0" "$a"; done; cat', 'x', ...hard] as const;
    const input = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const { code, stdout } = await connection().exec({ argv: [...argv], stdin: input });
    expect(code).toBe(0);
    expect(stdout.equals(Buffer.concat([Buffer.from(`${hard.join('\0')}\0`), input]))).toBe(true);
    const secret = await connection().exec({ argv: ['cat'], stdin: Secret.of('top secret') });
    expect(secret.stdout.toString()).toBe('top secret');
  });
  test('and gives exit code and both outputs apart, of a program that only reads too', async () => {
    for (const selfContained of [false, true]) {
      const result = await connection().exec({
        argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'],
        selfContained,
      });
      expect(result).toMatchObject({ code: 7, timedOut: false });
      expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['out\n', 'err\n']);
    }
  });
  test('and says 127 for one that is not there', async () => {
    expect((await connection().exec({ argv: ['no-such-program-here'] })).code).toBe(127);
  });
  test('and takes no part of what is printed for the whole, nor its own patience for an answer', async () => {
    const argv: [string, ...string[]] = ['sh', '-c', 'head -c 300000 /dev/zero'];
    await expect(connection().exec({ argv, outputBytes: 1000 })).rejects.toMatchObject({
      code: 'endpoint.output-too-large',
    });
    expect(await connection().exec({ argv, outputBytes: 1000, partial: true })).toMatchObject({ cut: true });
    await expect(connection().exec({ argv: ['sleep', '60'], timeoutMs: 300 })).rejects.toMatchObject({
      code: 'endpoint.command-timed-out',
    });
  });
  test('and stops with the reason of an aborted signal', async () => {
    const control = new AbortController();
    const running = connection().exec({ argv: ['sleep', '20'], signal: control.signal });
    control.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
  test('and gives a batch file no argument that cmd would read otherwise', async () => {
    const refused = connection().exec({ argv: ['C:\\restart.bat', 'a & del x'] });
    await expect(refused).rejects.toMatchObject({ code: 'script.not-executable' });
  });
  test('and restarts services', async () => {
    peer().machine.change({ services: { Tomcat10: 'Stopped', bad: 'broken' } });
    expect(await connection().serviceStatus('Tomcat10')).toBe('Stopped');
    await connection().restartService('Tomcat10', 1000);
    expect(await connection().serviceStatus('Tomcat10')).toBe('Running');
    expect(await connection().serviceStatus('none')).toBeNull();
    await expect(connection().restartService('none', 1000)).rejects.toMatchObject({
      code: 'service.missing',
    });
    await expect(connection().restartService('bad', 1000)).rejects.toMatchObject({
      code: 'service.not-running',
    });
  });
});

describe.each(Object.entries(windowsWays).filter(([, { can }]) => can))(
  'Windows over %s',
  (name, { start }) => {
    test('says that a policy restricts the language of scripts', async () => {
      const peer = await start({ restricted: true });
      const connection = await peer.connect();
      const refused = { code: 'interpreter.restricted', message: expect.stringContaining('policy') };
      await expect(connection.read('C:\\f')).rejects.toMatchObject(refused);
      await expect(connection.exec({ argv: ['true'] })).rejects.toMatchObject(refused);
      await connection.close();
      expect(peer.left()).toBe(0);
      await peer.stop();
    });
    test('tells that the line broke, and works again on a new one, unless there is no line', async () => {
      const peer = await start();
      const { drop } = peer;
      if (drop === null) {
        expect(name).toBe('its own programs');
        await peer.stop();
        return;
      }
      const connection = await peer.connect();
      const { drive } = peer.machine.world;
      const running = connection.exec({ argv: ['sh', '-c', `touch '${drive}/begun'; exec sleep 5`] });
      const lost = expect(running).rejects.toMatchObject({ code: 'connection.lost', about: 'line' });
      await expect.poll(() => existsSync(`${drive}/begun`)).toBe(true);
      await drop();
      await lost;
      await connection.close();
      const again = await peer.connect();
      await again.write('C:\\f', Buffer.from('x'), { mode: 0o600 });
      expect((await again.read('C:\\f')).toString()).toBe('x');
      await again.close();
      expect(peer.incidents()).toEqual([]);
      await peer.stop();
    });
    test('reads answers out of whatever else is printed, and rejects everything once closed', async () => {
      const peer = await start({ noise: 'WARNUNG: :0123,\r\n' });
      const connection = await peer.connect();
      await connection.write('C:\\f', Buffer.from('x'), { mode: 0o600 });
      expect((await connection.read('C:\\f')).toString()).toBe('x');
      await Promise.all([connection.close(), connection.close()]);
      const closed = { code: 'connection.closed' };
      await expect(connection.read('C:\\f')).rejects.toMatchObject(closed);
      await expect(connection.exec({ argv: ['true'] })).rejects.toMatchObject(closed);
      expect([peer.incidents(), peer.left()]).toEqual([[], 0]);
      await peer.stop();
    });
  },
);
