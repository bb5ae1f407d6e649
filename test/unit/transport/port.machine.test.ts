import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import { asElectronPort } from '#test/make/electron-port.ts';
import type { Client } from '../../../electron/transport/client.ts';
import { attachPort } from '../../../electron/transport/port.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
let channel: MessageChannel;
let client: Client;
const broken: unknown[] = [];
const note = (error: unknown) => broken.push(error);

beforeEach(async () => {
  made = await makeCommands({ face: 'desktop' });
  channel = new MessageChannel();
  attachPort(made.router, asElectronPort(channel.port1), { origin: 'gui', actor: 'tester' });
  client = createORPCClient(new RPCLink({ port: channel.port2 as never }));
  channel.port2.start();
  broken.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
  channel.port2.close();
  made.close();
});

test('a page calls commands and is audited as the window', async () => {
  await client.endpoints.add({ type: 'nginx', name: 'web1' });
  expect((await client.endpoints.list({})).map(({ name }) => name)).toEqual(['web1']);
  expect(made.audit()).toMatchObject([{ origin: 'gui', actor: 'tester' }]);
});

test('a failure arrives as the failure it was', async () => {
  const failure = await failureFrom(client.endpoints.show({ endpoint: 'nope' }));
  expect(failure).toMatchObject({ code: 'endpoint.not-found', message: 'There is no endpoint "nope".' });
});

test('events stream to the page, and end with it', async () => {
  const { events } = made.tools.agent;
  let listeners = 0;
  const on = events.on.bind(events);
  events.on = (listener) => {
    listeners++;
    const off = on(listener);
    return () => {
      listeners--;
      off();
    };
  };
  const stream = await client.agent.events({});
  expect((await stream.next()).value).toMatchObject({ type: 'hello' });
  made.tools.agent.events.changed('tasks', 'task_1');
  expect((await stream.next()).value).toMatchObject({ type: 'changed', id: 'task_1' });
  expect(listeners).toBe(1);
  channel.port2.close();
  await expect.poll(() => listeners).toBe(0);
});

test.each([
  ['text that is no JSON', 'hello'],
  ['JSON that is no message', '{"a":1}'],
  ['an empty list', '[]'],
  ['null', null],
  ['a number', 7],
  ['an object', { i: 1 }],
  ['bytes', new Uint8Array([1, 2, 3])],
  ['far too much text', 'x'.repeat(2 * 1024 * 1024)],
])('%s harms nobody but the page that sent it', async (_what, message) => {
  const other = new MessageChannel();
  attachPort(made.router, asElectronPort(other.port1), { origin: 'gui', actor: 'tester' });
  other.port2.postMessage(message);
  other.port2.postMessage(message);
  await new Promise((done) => setTimeout(done, 30));
  expect(await client.endpoints.list({})).toEqual([]);
  expect(broken).toEqual([]);
  other.port2.close();
});

test.each([
  ['a command that does not exist', ['endpoints', 'explode']],
  ['a noun that does not exist', ['nothing', 'list']],
  ['a way into the prototype', ['__proto__', 'constructor']],
  ['the inside of a command', ['endpoints', 'list', '~orpc']],
])('%s is answered with an error', async (_what, path) => {
  let target: unknown = client;
  for (const part of path) target = Reflect.get(target as object, part);
  const answer = (async () => (target as (input: unknown) => Promise<unknown>)({}))();
  await expect(answer).rejects.toThrow();
  expect(await client.endpoints.list({})).toEqual([]);
});
