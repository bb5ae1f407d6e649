import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { acceptsConnections } from '../../../electron/discovery/tcp-probe.ts';

test('an address accepts connections while something listens there', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = { address: '127.0.0.1', port: (server.address() as AddressInfo).port, timeoutMs: 5000 };
  expect(await acceptsConnections(target)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(await acceptsConnections(target)).toBe(false);
});

test('a name without an address accepts none', async () => {
  expect(await acceptsConnections({ address: 'no-such-host.invalid', port: 1, timeoutMs: 5000 })).toBe(false);
});
