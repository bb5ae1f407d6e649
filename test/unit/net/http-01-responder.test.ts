import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { makeHttp01Responder } from '../../../electron/net/http-01-responder.ts';
import { freePort } from '../../servers/free-port.ts';

const address = '127.0.0.1';
const http = makeHttp({ userAgent: 'CA', clock: systemClock, log: silentLog });
const responder = makeHttp01Responder({ log: silentLog });
afterAll(() => http.close());

async function ask(port: number, path: string, method: 'GET' | 'HEAD' | 'POST' = 'GET') {
  const answer = await http.request({ method, url: `http://${address}:${port}${path}` });
  return `${answer.status} ${answer.body}`;
}

function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('connect', () => resolve(socket.destroy() !== undefined));
    socket.once('error', () => resolve(false));
  });
}

test('it answers exactly its paths, to GET and HEAD only', async () => {
  const port = await freePort();
  const stop = await responder.serve({
    address,
    port,
    path: '/.well-known/acme-challenge/abc',
    body: 'abc.xyz',
  });
  expect(await ask(port, '/.well-known/acme-challenge/abc')).toBe('200 abc.xyz');
  expect(await ask(port, '/.well-known/acme-challenge/abc', 'HEAD')).toBe('200 ');
  expect(await ask(port, '/.well-known/acme-challenge/abc', 'POST')).toBe('405 ');
  for (const path of ['/', '/.well-known/acme-challenge/', '/.well-known/acme-challenge/abd', '/etc/passwd'])
    expect(await ask(port, path)).toBe('404 ');
  await stop();
});

test('one listener serves many and ends with the last of them', async () => {
  const port = await freePort();
  const [stopA, stopB] = await Promise.all([
    responder.serve({ address, port, path: '/a', body: 'A' }),
    responder.serve({ address, port, path: '/b', body: 'B' }),
  ]);
  await stopA();
  await stopA();
  expect(await ask(port, '/a')).toBe('404 ');
  expect(await ask(port, '/b')).toBe('200 B');
  await stopB();
  expect(await listening(port)).toBe(false);
});

test('a port let go can be taken again at once', async () => {
  const port = await freePort();
  for (let n = 0; n < 5; n++) {
    const stop = await responder.serve({ address, port, path: '/n', body: String(n) });
    const going = stop();
    const again = await responder.serve({ address, port, path: '/n', body: `${n}!` });
    expect(await ask(port, '/n')).toBe(`200 ${n}!`);
    await Promise.all([going, again()]);
  }
});

test('the same path may be served twice, the newer answer counts until it goes', async () => {
  const port = await freePort();
  const older = await responder.serve({ address, port, path: '/t', body: 'older' });
  const newer = await responder.serve({ address, port, path: '/t', body: 'newer' });
  expect(await ask(port, '/t')).toBe('200 newer');
  await newer();
  expect(await ask(port, '/t')).toBe('200 older');
  await older();
});

test('a port in use is named with what to do, and is free to try again later', async () => {
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, address, resolve));
  const taken = {
    code: 'responder.port-taken',
    message: expect.stringContaining(`Port ${port} of 127.0.0.1`),
  };
  await expect(responder.serve({ address, port, path: '/x', body: 'x' })).rejects.toMatchObject(taken);
  await new Promise((resolve) => other.close(resolve));
  const stop = await responder.serve({ address, port, path: '/x', body: 'x' });
  expect(await ask(port, '/x')).toBe('200 x');
  await stop();
});

test('an address of another machine is refused with its name', async () => {
  const port = await freePort();
  await expect(responder.serve({ address: '192.0.2.1', port, path: '/x', body: 'x' })).rejects.toMatchObject({
    code: 'responder.address-unknown',
    message: expect.stringContaining('192.0.2.1'),
  });
});
