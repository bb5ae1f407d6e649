import { EventEmitter } from 'node:events';
import type { Client } from 'ssh2';
import { expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { SessionRefused } from '../../../../../electron/providers/connections/ssh/channel.ts';
import { KeptShell, NotBegun } from '../../../../../electron/providers/connections/ssh/kept-shell.ts';

type Opened = (error: Error | undefined, channel?: unknown) => void;

/** A shell over a server that answers as `exec` does, in its own time. */
function shellOver(exec: (opened: Opened) => void) {
  const client = { exec: (_line: string, opened: Opened) => exec(opened) };
  const start = { line: 'sh', head: [], marker: 'm' };
  return new KeptShell(client as unknown as Client, systemClock, start);
}

function channelThatCloses() {
  const said: string[] = [];
  const channel = Object.assign(new EventEmitter(), {
    stderr: new EventEmitter(),
    write: (part: string) => said.push(part),
    signal: (name: string) => said.push(name),
    close: () => said.push('closed'),
  });
  return { channel, said };
}

const request = { text: ':', args: [], timeoutMs: 60_000, limit: 10 };

test('a server that never opens a session is not waited for beyond the time-out', async () => {
  const shell = shellOver(() => {});
  const result = await shell.run({ ...request, timeoutMs: 5 });
  expect([result.timedOut, result.code, shell.isOver]).toEqual([true, null, true]);
});

test('one that is opened after it was given up is closed again, and runs nothing', async () => {
  let open: Opened = () => {};
  const shell = shellOver((opened) => {
    open = opened;
  });
  const running = shell.run(request);
  shell.stop(new Error('the connection is gone'));
  await expect(running).rejects.toThrow('the connection is gone');
  const { channel, said } = channelThatCloses();
  open(undefined, channel);
  expect(said).toEqual(['KILL', 'closed']);
  await expect(shell.run(request)).rejects.toBeInstanceOf(NotBegun);
});

test('an abort ends the wait for a session with its reason', async () => {
  const control = new AbortController();
  const running = shellOver(() => {}).run({ ...request, signal: control.signal });
  control.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
});

test('a session that the server refuses is told apart from a connection that is gone', async () => {
  const refused = Object.assign(new Error('open failed'), { reason: 'ADMINISTRATIVELY_PROHIBITED' });
  await expect(shellOver((opened) => opened(refused)).run(request)).rejects.toBeInstanceOf(SessionRefused);
  const gone = shellOver(() => {
    throw new Error('Not connected');
  });
  await expect(gone.run(request)).rejects.toThrow('Not connected');
});

test('one that ends before it takes the request up has run nothing; behind that, nobody knows', async () => {
  const { channel, said } = channelThatCloses();
  const shell = shellOver((opened) => opened(undefined, channel));
  const early = shell.run(request);
  channel.emit('data', Buffer.from('Welcome\n'));
  channel.emit('close');
  await expect(early).rejects.toBeInstanceOf(NotBegun);
  const another = channelThatCloses();
  const late = shellOver((opened) => opened(undefined, another.channel)).run(request);
  const [token = ''] = /trustkeep-[0-9a-f]{24}/.exec(another.said.join('')) ?? [];
  another.channel.emit('data', Buffer.from(`Welcome\n${token}b\n`));
  another.channel.emit('close');
  await expect(late).rejects.toThrow('without an exit status');
  expect(said.join('')).not.toContain(token);
});

test('an argument that no command line can hold is refused before anything is sent', async () => {
  const { channel, said } = channelThatCloses();
  const shell = shellOver((opened) => opened(undefined, channel));
  await expect(shell.run({ ...request, args: ['a\0b'] })).rejects.toThrow(TypeError);
  expect(said).toEqual([]);
});
