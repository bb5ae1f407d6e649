import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { connectWinrm, standardPrograms, users } from '#test/make/winrm.ts';
import { startWsman } from '#test/servers/wsman.ts';
import type { Interference, WsmanServer } from '#test/servers/wsman-options.ts';

import { Wrong } from '#test/servers/wsman-soap.ts';

let server: WsmanServer;
beforeEach(async () => {
  server = await startWsman({ users, programs: standardPrograms });
});
afterEach(async () => {
  await server.stop();
});

/** Everything once, with this at the first message of one kind; what it ended with, and that nothing stays. */
async function ending(action: string, odd: Interference, clock = systemClock): Promise<Failure | 'fine'> {
  let done = false;
  server.interfere = (name) => {
    if (done || name !== action) return null;
    done = true;
    return odd;
  };
  let host: Awaited<ReturnType<typeof connectWinrm>> | undefined;
  try {
    host = await connectWinrm(server.port, {}, { clock });
    const { code, stdout } = await host.run({ argv: ['cat'], stdin: Buffer.from('x') });
    expect([code, stdout.toString()]).toEqual([0, 'x']);
    return 'fine';
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  } finally {
    await host?.close();
    await expect.poll(() => server.shells.open.size).toBe(0);
  }
}

const codes = async (action: string, odd: Interference, clock = systemClock): Promise<string> => {
  const ended = await ending(action, odd, clock);
  if (ended === 'fine') return 'fine';
  expect(ended.message).toMatch(/127\.0\.0\.1/);
  expect(ended.hint).toBeTruthy();
  return ended.code;
};

/** Every patience is a fortieth of what it is. */
const quick: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms / 40, run) };

const asked = ['Create', 'Command', 'Send', 'Receive'];
const cleared = ['Signal', 'Delete'];

describe('a fault at any message', () => {
  test.each(asked.slice(1))(
    'a connection that is lost at %s is told, and leaves no shell',
    async (action) => {
      expect(await codes(action, 'cut')).toBe('connection.lost');
    },
  );
  test.each(asked.slice(1))('an answer to %s that is lost is told, and leaves no shell', async (action) => {
    expect(await codes(action, 'lose-the-answer')).toBe('connection.lost');
  });
  test.each(['cut', 'lose-the-answer'] as const)(
    'a shell that is lost while it is opened (%s) is opened again, and none stays',
    async (odd) => {
      expect(await codes('Create', odd)).toBe('fine');
    },
  );
  test.each(cleared)('what is lost at %s harms no one', async (action) => {
    expect(await codes(action, 'cut')).toBe('fine');
    expect(server.shells.running).toBe(0);
  });
  test.each(asked)('a service that never answers %s is not waited for without end', async (action) => {
    expect(await codes(action, 'never-answer', quick)).toBe('connection.timeout');
  });
  test.each(asked)('an answer to %s in clear is not taken for one of the host', async (action) => {
    expect(await codes(action, 'answer-in-clear')).toBe('winrm.not-sealed');
  });
  test.each(asked)('an answer to %s that was changed on the way is not read', async (action) => {
    expect(await codes(action, 'damage')).toBe('winrm.not-sealed');
  });
  test.each(asked)('the answer to another message is not taken for that to %s', async (action) => {
    expect(await codes(action, 'answer-another')).toBe('winrm.bad-answer');
  });
  test.each(asked)('a service that stops at %s is told', async (action) => {
    expect(await codes(action, { status: 503 })).toBe('winrm.busy');
  });
  test.each(asked)('a page of something else at %s is told, with its words', async (action) => {
    const ended = await ending(action, { status: 502, body: '<h1>Bad gateway</h1>', type: 'text/html' });
    expect(ended).toMatchObject({ code: 'winrm.bad-answer', peerSaid: 'Bad gateway' });
  });
});

const fault = (code: number, subcode = 'w:InternalError') => new Wrong('Words of the host.', code, subcode);

describe('a fault of the service', () => {
  test('of a quota is told with the setting that raises it', async () => {
    const ended = await ending('Create', fault(2150859173, 'w:QuotaLimit'));
    expect(ended).toMatchObject({ code: 'winrm.quota', peerSaid: 'Words of the host.' });
    expect((ended as Failure).hint).toContain('MaxShellsPerUser');
  });

  test.each([2150859174, 2150859175, 2150859176])('%s asks for patience, and is waited for', async (code) => {
    for (const action of asked) expect(await codes(action, fault(code))).toBe('fine');
  });

  test('of a shell that is gone is a new shell before a program began, and a failure after', async () => {
    const gone = () => fault(2150858843, 'w:InvalidSelectors');
    expect(await codes('Command', gone())).toBe('fine');
    expect(await codes('Receive', gone())).toBe('winrm.shell-lost');
    expect(await codes('Receive', fault(995))).toBe('winrm.shell-lost');
  });

  test('in which nothing is printed for a while is no fault', async () => {
    expect(await codes('Receive', fault(2150858793, 'w:TimedOut'))).toBe('fine');
  });

  test('that no one knows is told with its number and its words', async () => {
    const ended = await ending('Command', fault(2147943418));
    expect(ended).toMatchObject({ code: 'winrm.failed', peerSaid: 'Words of the host.' });
    expect((ended as Failure).message).toContain('2147943418');
  });

  test('names what an account may not', async () => {
    expect(await codes('Command', fault(5, 'w:AccessDenied'))).toBe('winrm.access-denied');
    expect(await codes('Create', fault(2150859180, 'w:AccessDenied'))).toBe('winrm.access-denied');
  });
});

test('the quota of 30 shells is never used up by one connection after the other', async () => {
  for (let at = 0; at < 35; at++) {
    const host = await connectWinrm(server.port);
    await host.run({ argv: ['echo', 'x'] });
    await host.close();
  }
  expect([server.shells.made, server.shells.open.size, server.incidents]).toEqual([35, 0, []]);
});

test('a shell that is ended while a program runs in it is told', async () => {
  const host = await connectWinrm(server.port);
  const running = host.run({ argv: ['sleeps'] });
  const failed = expect(running).rejects.toMatchObject({ code: 'winrm.shell-lost', about: 'line' });
  await expect.poll(() => server.shells.running).toBe(1);
  server.shells.killAll();
  await failed;
  expect((await host.run({ argv: ['echo', 'x'] })).code).toBe(0);
  await host.close();
});

test('a password that has become wrong is sent once more and never again', async () => {
  const accounts: Record<string, string> = { ...users };
  await server.stop();
  server = await startWsman({ users: accounts, programs: standardPrograms });
  const host = await connectWinrm(server.port);
  for (const name of Object.keys(accounts)) accounts[name] = 'another';
  server.dropConnections();
  const runs = Array.from({ length: 6 }, () => host.run({ argv: ['echo', 'x'] }));
  const ended = await Promise.allSettled(runs);
  expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
  await host.close();
  expect(server.refusals).toEqual(['the password is wrong']);
});
