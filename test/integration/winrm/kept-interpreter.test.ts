import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectWinrm, standardPrograms, users } from '#test/make/winrm.ts';
import { startWsman } from '#test/servers/wsman.ts';
import type { WsmanServer } from '#test/servers/wsman-options.ts';
import { KeptInterpreter } from '../../../electron/providers/connections/common/kept-interpreter.ts';
import type { WinrmHost } from '../../../electron/providers/connections/winrm/host.ts';

let server: WsmanServer;
let host: WinrmHost;
let interpreter: KeptInterpreter;
beforeEach(async () => {
  server = await startWsman({ users, programs: standardPrograms, streamBytes: 40 });
  host = await connectWinrm(server.port);
  interpreter = new KeptInterpreter(host, ['interpreter']);
});
afterEach(async () => {
  await interpreter.end();
  await host.close();
  expect([server.shells.open.size, server.shells.running, server.incidents]).toEqual([0, 0, []]);
  await server.stop();
});
const run = (request: Record<string, unknown>, timeoutMs = 10_000) =>
  interpreter.run({ request, timeoutMs, outputBytes: 100_000 });
const started = () =>
  server.calls.filter(({ action, status }) => action === 'Command' && status === 200).length;

test('one start serves one script after the other, and what else they print does not matter', async () => {
  expect(await run({ script: 'one' })).toEqual({ ran: 'one' });
  expect(await run({ script: 'two', noise: 'Begun: :\r\nWARNUNG: ä' })).toEqual({ ran: 'two' });
  expect(await Promise.all(['a', 'b', 'c'].map((script) => run({ script })))).toEqual(
    ['a', 'b', 'c'].map((ran) => ({ ran })),
  );
  expect(started()).toBe(1);
});

test('an interpreter that ended meanwhile is started again, and the script run once', async () => {
  await run({ script: 'one' });
  server.shells.killAll();
  expect(await run({ script: 'two' })).toEqual({ ran: 'two' });
  server.shells.advance(301_000);
  expect(await run({ script: 'three' })).toEqual({ ran: 'three' });
  expect(started()).toBe(3);
});

test('a script that ends the interpreter is not run again', async () => {
  await expect(run({ script: 'exit' })).rejects.toMatchObject({ code: 'interpreter.no-answer' });
  expect(started()).toBe(1);
  expect(await run({ script: 'next' })).toEqual({ ran: 'next' });
});

test('a script that does not answer in time ends its interpreter, not the next script', async () => {
  await expect(run({ script: 'hang' }, 600)).rejects.toMatchObject({ code: 'connection.timeout' });
  expect(await run({ script: 'next' })).toEqual({ ran: 'next' });
  await expect.poll(() => server.shells.running).toBe(1);
});

test('more than is wanted is not taken for an answer', async () => {
  await expect(run({ script: 'one', noise: 'x'.repeat(200_000) })).rejects.toMatchObject({
    code: 'interpreter.no-answer',
  });
  expect(await run({ script: 'two' })).toEqual({ ran: 'two' });
});

test('a connection that is lost in the middle is told, and nothing is run twice', async () => {
  await run({ script: 'one' });
  server.interfere = (action) => (action === 'Send' ? 'lose-the-answer' : null);
  await expect(run({ script: 'two' })).rejects.toMatchObject({ code: 'connection.lost' });
  server.interfere = () => null;
  expect(await run({ script: 'three' })).toEqual({ ran: 'three' });
});
