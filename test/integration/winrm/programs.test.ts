import { afterEach, describe, expect, test } from 'vitest';
import { connectWinrm, standardPrograms, users } from '#test/make/winrm.ts';
import { startWsman } from '#test/servers/wsman.ts';
import type { WsmanServer } from '#test/servers/wsman-options.ts';
import { Wrong } from '#test/servers/wsman-soap.ts';
import type { WinrmHost } from '../../../electron/providers/connections/winrm/host.ts';

let server: WsmanServer;
let host: WinrmHost;
async function begin(options: Parameters<typeof startWsman>[0] = {}) {
  server = await startWsman({ users, programs: standardPrograms, ...options });
  host = await connectWinrm(server.port);
}
afterEach(async () => {
  await host.close();
  const left = { shells: server.shells.open.size, incidents: server.incidents };
  await server.stop();
  expect(left).toEqual({ shells: 0, incidents: [] });
});
const actions = () =>
  server.calls.map(({ action, status }) => (status === 200 ? action : `${action} ${status}`));

describe('a program over WinRM', () => {
  test('is run in a shell that is kept, on a connection that is logged in to once', async () => {
    await begin();
    expect(await host.run({ argv: ['echo', 'a', 'b'] })).toMatchObject({
      code: 0,
      stdout: Buffer.from('a b\r\n'),
    });
    expect(await host.run({ argv: ['echo', 'c'] })).toMatchObject({ code: 0, stdout: Buffer.from('c\r\n') });
    await host.close();
    const once = ['Command', 'Send', 'Receive', 'Signal'];
    expect(actions().map((one) => one.replace(' 500', ''))).toEqual([
      'hello 401',
      'proof',
      'Create',
      ...once,
      ...once,
      'Delete',
    ]);
    expect(
      server.calls.every(({ sealed, action }) => sealed || action === 'hello' || action === 'proof'),
    ).toBe(true);
  });

  test('gives its exit code as a signed number and its bytes as they are', async () => {
    await begin();
    const result = await host.run({ argv: ['fails'] });
    expect(result.code).toBe(-1);
    expect(result.stderr.toString('latin1')).toBe('Zugriff verweigert: \x81');
    expect((await host.run({ argv: ['nobody'] })).code).toBe(1);
  });

  test('reads and prints more than an envelope holds, cut anywhere', async () => {
    await begin({ streamBytes: 7001 });
    const input = Buffer.alloc(1_300_001, 'äöü-\0-\r\n');
    const { stdout, code } = await host.run({ argv: ['cat'], stdin: input });
    expect([code, stdout.equals(input)]).toEqual([0, true]);
    expect(server.calls.filter(({ action }) => action === 'Send')).toHaveLength(4);
  });

  test('goes on in smaller parts where the service takes no larger ones', async () => {
    await begin({ maxEnvelope: 153_600 });
    const input = Buffer.alloc(400_000, 'x');
    expect((await host.run({ argv: ['cat'], stdin: input })).stdout.equals(input)).toBe(true);
    expect(actions().filter((one) => one === 'other 500')).toHaveLength(1);
  });

  test('is cut where more is printed than wanted', async () => {
    await begin();
    const result = await host.run({ argv: ['prints', '900000'], outputBytes: 250_000 });
    expect(result).toMatchObject({ code: 0, cut: true });
    expect(result.stdout).toHaveLength(250_000);
  });

  test('is ended when its time is over, with what it had printed', async () => {
    await begin();
    const result = await host.run({ argv: ['sleeps'], timeoutMs: 700 });
    expect(result).toMatchObject({ code: null, timedOut: true, stdout: Buffer.from('begun') });
    await expect.poll(() => server.shells.running).toBe(0);
  });

  test('is ended when it is given up', async () => {
    await begin();
    const stop = new AbortController();
    const running = host.run({ argv: ['sleeps'], signal: stop.signal });
    await expect.poll(() => server.shells.running).toBe(1);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect.poll(() => server.shells.running).toBe(0);
    expect((await host.run({ argv: ['echo', 'on'] })).code).toBe(0);
  });

  test('may end without reading its input', async () => {
    await begin();
    expect(await host.run({ argv: ['echo', 'x'], stdin: Buffer.alloc(2_000_000) })).toMatchObject({
      code: 0,
    });
  });

  test('runs beside others, each on a connection of its own', async () => {
    await begin();
    const stop = new AbortController();
    const waiting = host.run({ argv: ['sleeps'], signal: stop.signal }).catch(() => 'given up');
    await expect.poll(() => server.shells.running).toBe(1);
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, at) => host.run({ argv: ['echo', `${at}`] })),
    );
    expect(results.map(({ stdout }) => stdout.toString().trim())).toEqual([...'01234567']);
    expect(server.connections()).toBeLessThanOrEqual(4);
    stop.abort();
    expect(await waiting).toBe('given up');
  });

  test('takes no word that a command interpreter reads otherwise', async () => {
    await begin();
    await expect(host.run({ argv: ['echo', 'a&b'] })).rejects.toThrow('interpreter');
    await expect(host.run({ argv: ['echo', 'a b'] })).rejects.toThrow('interpreter');
  });

  test('is ended when the connection is closed', async () => {
    await begin();
    const running = host.run({ argv: ['sleeps'] });
    await expect.poll(() => server.shells.running).toBe(1);
    const failed = expect(running).rejects.toMatchObject({ code: 'connection.closed' });
    await host.close();
    await failed;
    await expect(host.run({ argv: ['echo', 'x'] })).rejects.toMatchObject({ code: 'connection.closed' });
  });
});

describe('a shell that is kept', () => {
  test('is made again when it was idle too long, or ended there', async () => {
    await begin();
    server.shells.advance(301_000);
    expect(server.shells.open.size).toBe(0);
    expect((await host.run({ argv: ['echo', 'x'] })).code).toBe(0);
    server.shells.killAll();
    expect((await host.run({ argv: ['echo', 'x'] })).code).toBe(0);
    expect(server.shells.made).toBe(3);
  });

  test('is replaced when it runs no more commands', async () => {
    await begin({ commands: 1 });
    server.interfere = (action) => (action === 'Signal' ? 'cut' : null); // nothing is cleared up
    expect((await host.run({ argv: ['echo', 'x'] })).code).toBe(0);
    expect((await host.run({ argv: ['echo', 'y'] })).code).toBe(0);
    server.interfere = () => null;
  });

  test('is used again after the connection was closed meanwhile, with a new login and new keys', async () => {
    await begin();
    expect((await host.run({ argv: ['echo', 'x'] })).code).toBe(0);
    await expect.poll(() => server.shells.running).toBe(0);
    server.dropConnections();
    await expect.poll(async () => (await host.run({ argv: ['echo', 'y'] }).catch(() => null))?.code).toBe(0);
    expect(server.shells.made).toBe(1);
    expect(server.refusals).toEqual([]);
  });
});

describe('a large input', () => {
  test('is sealed ahead, and a part that is turned away does not put later ones out of order', async () => {
    await begin();
    let turnedAway = 0;
    server.interfere = (action, nth) => {
      if (action !== 'Send' || (nth !== 2 && nth !== 4)) return null;
      turnedAway++;
      return new Wrong('Slower.', 2150859176, 'w:InternalError');
    };
    const input = Buffer.from(Array.from({ length: 1_500_000 }, (_, at) => (at * 7) & 255));
    expect((await host.run({ argv: ['cat'], stdin: input })).stdout.equals(input)).toBe(true);
    expect(turnedAway).toBe(2);
  });
});
