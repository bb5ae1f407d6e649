import { connect, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock as clock } from '#kit/clock.ts';
import { silentLog as log } from '#kit/log.ts';
import { freePort } from '#test/servers/free-port.ts';
import { makeHttp01Responder } from '../../../../../electron/net/http-01-responder.ts';
import { makeTlsAlpn01Responder } from '../../../../../electron/net/tls-alpn-01-responder.ts';
import type { Provision } from '../../../../../electron/providers/authorities/acme/handle.ts';
import { Serving } from '../../../../../electron/providers/authorities/acme/serving.ts';

const address = '127.0.0.1';
const shared = {
  responder: makeHttp01Responder({ log }),
  alpnResponder: makeTlsAlpn01Responder({ log }),
  clock,
};
const provision: Provision = {
  ...{ by: 'alpn-responder', name: 'shop.example', challengeUrl: 'https://ca.example/1' },
  keyAuthorization: `token.${'a'.repeat(43)}`,
};
const serving = (port: number) =>
  new Serving({ ...shared, validation: { method: 'tls-alpn-01-agent', address, port } });

const open = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, address);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

afterEach(() => serving(0).end(provision.challengeUrl));

test('what one adapter serves, another one with the same settings ends', async () => {
  const port = await freePort();
  await serving(port).begin(provision);
  await serving(port).begin(provision);
  expect(await open(port)).toBe(true);
  await serving(port).end(provision.challengeUrl);
  expect(await open(port)).toBe(false);
});

test('another port in the settings ends what is served at the one before', async () => {
  const [before, after] = [await freePort(), await freePort()];
  await serving(before).begin(provision);
  await serving(after).begin(provision);
  expect([await open(before), await open(after)]).toEqual([false, true]);
});

test('a port that another program held is tried again', async () => {
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, address, resolve));
  await expect(serving(port).begin(provision)).rejects.toMatchObject({ code: 'responder.port-taken' });
  await new Promise((resolve) => other.close(resolve));
  await serving(port).begin(provision);
  expect(await open(port)).toBe(true);
});

test('what was not there when the CA may have asked is told from what was', async () => {
  const port = await freePort();
  const before = clock.now() - 1;
  expect(serving(port).isUpSince(provision, clock.now())).toBe(false);
  await serving(port).begin(provision);
  expect(serving(port).isUpSince(provision, before)).toBe(false);
  expect(serving(port).isUpSince(provision, clock.now())).toBe(true);
});
