import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { AgentEvent } from '#shared/contract/events.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import { asElectronPort } from '#test/make/electron-port.ts';
import { serviceAgent } from '../../../electron/compose/service-agent.ts';
import { type Client, connectLocally } from '../../../electron/transport/client.ts';
import { type LocalSocket, listenForGroup, listenLocally } from '../../../electron/transport/local-socket.ts';

// A real agent behind its real socket, and the desktop's side of it with the port that a page holds.
let made: Awaited<ReturnType<typeof makeCommands>>;
let socket: LocalSocket;
const soon = { timeout: 60_000, interval: 20 };

beforeEach(async () => {
  made = await makeCommands();
  socket = await listenLocally(made.router, made.directory, silentLog);
});
afterEach(async () => {
  await socket.close();
  made.close();
});

const shown = () =>
  serviceAgent({
    connect: () => connectLocally(made.directory, 'alice', 'gui'),
    clock: systemClock,
    log: silentLog,
  });
type Shown = NonNullable<Awaited<ReturnType<typeof shown>>>;

function pageOf(desktop: Shown): { client: Client; closed: Promise<void>; close(): void } {
  const { port1, port2 } = new MessageChannel();
  desktop.attachPort(asElectronPort(port1));
  const closed = new Promise<void>((resolve) => port2.once('close', () => resolve()));
  const client: Client = createORPCClient(new RPCLink({ port: port2 as never }));
  port2.start();
  return { client, closed, close: () => port2.close() };
}

test('a page works with the service: calls, failures and events, audited as a window by its person', async () => {
  const desktop = await shown();
  if (desktop === null) throw new Error('the service was not found');
  await desktop.start();
  const { client, close } = pageOf(desktop);
  const { endpoint } = await client.endpoints.add({ type: 'nginx', name: 'web1' });
  expect(made.audit()).toMatchObject([{ origin: 'gui', actor: 'alice' }]);
  expect((await client.endpoints.show({ endpoint: 'web1' })).id).toBe(endpoint.id);
  const refused = await failureFrom(client.endpoints.show({ endpoint: 'none' }));
  expect(refused.code).toBe('endpoint.not-found');
  const ended = new AbortController();
  const heard: AgentEvent[] = [];
  const listening = (async () => {
    for await (const event of await client.agent.events({}, { signal: ended.signal })) heard.push(event);
  })().catch(() => {});
  await expect.poll(() => heard.map(({ type }) => type), soon).toContain('hello');
  await client.settings.set({ backup_hours: 12 });
  await expect.poll(() => heard, soon).toContainEqual(expect.objectContaining({ topic: 'settings' }));
  ended.abort();
  await listening;
  close();
  await desktop.stop();
});

test('when the service goes away the page is told and the tray says so, until it is back', async () => {
  const desktop = await shown();
  if (desktop === null) throw new Error('the service was not found');
  const levels: string[] = [];
  desktop.agent.events.on((event) => {
    if (event.type === 'level') levels.push(event.sentence);
  });
  await desktop.start();
  const { closed } = pageOf(desktop);
  await socket.close();
  await closed;
  expect(levels.at(-1)).toBe('The service of this machine does not answer.');
  socket = await listenLocally(made.router, made.directory, silentLog);
  await expect.poll(() => levels.at(-1), soon).not.toBe('The service of this machine does not answer.');
  const again = pageOf(desktop);
  expect((await again.client.agent.status({})).face).toBe('headless');
  again.close();
  await desktop.stop();
});

test('is null where none runs', async () => {
  await socket.close();
  expect(await shown()).toBeNull();
});

test('a directory that others can enter gets no socket for a group', async () => {
  const directory = join(made.directory, 'shared');
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  await expect(listenForGroup(made.router, directory, silentLog)).rejects.toMatchObject({
    code: 'socket.unusable',
  });
  chmodSync(directory, 0o750);
  const second = await listenForGroup(made.router, directory, silentLog);
  expect(second.path).toBe(join(directory, 'agent.sock'));
  await second.close();
});
