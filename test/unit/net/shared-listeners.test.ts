import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { freePort } from '#test/servers/free-port.ts';
import { makeHttp01Responder } from '../../../electron/net/http-01-responder.ts';
import { OwnPlaces } from '../../../electron/net/own-places.ts';
import { SharedListeners } from '../../../electron/net/shared-listeners.ts';
import { makeTlsAlpn01Responder } from '../../../electron/net/tls-alpn-01-responder.ts';
import { alpnCertificate } from '../../../electron/providers/authorities/acme/alpn-certificate.ts';

test('a listener outlives connections that could not be taken, and takes so many at once', async () => {
  const server = createServer();
  const listeners = new SharedListeners<string>({
    ...{ make: () => server, caPort: 80, instead: 'Wait' },
    ...{ places: new OwnPlaces(), challenge: 'http-01', setting: 'responder_port' },
  });
  const stop = await listeners.serve({ address: '127.0.0.1', port: await freePort() }, 'a', 'b');
  for (const _ of ['no', 'open', 'files']) server.emit('error', new Error('EMFILE'));
  expect(server.listening).toBe(true);
  expect(server.maxConnections).toBe(200);
  await stop();
  expect(server.listening).toBe(false);
});

describe('a port that is in use', () => {
  const places = new OwnPlaces();
  const http = makeHttp01Responder({ log: silentLog, places });
  const alpn = makeTlsAlpn01Responder({ log: silentLog, places });
  const file = { path: '/a', body: 'b' };

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '0.0.0.0'],
    ['0.0.0.0', '127.0.0.1'],
  ])(
    'by another responder of Trustkeep (%s, %s) is told as that, with both settings',
    async (first, second) => {
      const port = await freePort();
      const certificate = await alpnCertificate('shop.example', 'token.thumbprint', 1_700_000_000_000);
      const stop = await alpn.serve({ address: first, port, ...certificate });
      const asked = { address: second, port, ...file };
      await expect(http.serve(asked)).rejects.toMatchObject({
        ...{ code: 'responder.port-taken', retry: 'later' },
        message: `Port ${port} of ${second} is in use by Trustkeep itself: it answers tls-alpn-01 challenges of another order at ${first} port ${port}.`,
        hint: expect.stringMatching(/responder_port of one, tls_alpn_port of the other/),
      });
      await stop();
      await (await http.serve(asked))();
    },
  );

  test('by another program is told as that, also once both responders listened there', async () => {
    const port = await freePort();
    const asked = { address: '127.0.0.1', port, ...file };
    await (await http.serve(asked))();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    await expect(http.serve(asked)).rejects.toMatchObject({
      ...{ code: 'responder.port-taken', retry: 'needs-person' },
      message: expect.stringContaining('in use by another program'),
    });
    await new Promise((resolve) => other.close(resolve));
  });
});
