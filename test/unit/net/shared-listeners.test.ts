import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '#test/servers/free-port.ts';
import { SharedListeners } from '../../../electron/net/shared-listeners.ts';

test('a listener outlives connections that could not be taken, and takes so many at once', async () => {
  const server = createServer();
  const listeners = new SharedListeners<string>({ make: () => server, caPort: 80, instead: 'Wait' });
  const stop = await listeners.serve({ address: '127.0.0.1', port: await freePort() }, 'a', 'b');
  for (const _ of ['no', 'open', 'files']) server.emit('error', new Error('EMFILE'));
  expect(server.listening).toBe(true);
  expect(server.maxConnections).toBe(200);
  await stop();
  expect(server.listening).toBe(false);
});
