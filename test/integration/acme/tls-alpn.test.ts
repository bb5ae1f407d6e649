import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTestOrder, memoryState, obtain, untilDone } from '#test/make/acme.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { freePort } from '#test/servers/free-port.ts';
import { haveModules, startNginx } from '#test/servers/nginx.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { acmeMaker, canRunPebble, namesIn } from './with-pebble.ts';

const acme = acmeMaker();

describe.skipIf(!canRunPebble)('tls-alpn-01 with pebble', () => {
  let pebble: Pebble;
  beforeAll(async () => {
    pebble = await startPebble();
  });
  afterAll(() => pebble?.stop());
  const at = (port: number) => ({ method: 'tls-alpn-01-agent', address: '127.0.0.1', port }) as const;

  test('names and an address are proved at the own port, which is free again afterwards', async () => {
    const { authority } = acme(pebble, { validation: at(pebble.tlsPort) });
    const chain = await obtain(authority, await makeTestOrder(['a.example', 'b.example', '127.0.0.1']));
    expect(namesIn(chain)?.split(', ').toSorted()).toEqual([
      'DNS:a.example',
      'DNS:b.example',
      'IP Address:127.0.0.1',
    ]);
    const socket = connect({ host: '127.0.0.1', port: pebble.tlsPort, servername: 'a.example' });
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
  });

  test('an agent that starts again in the middle answers with another key', async () => {
    const state = memoryState();
    const first = acme(pebble, { validation: at(await freePort()), state });
    const order = await makeTestOrder(['again.example']);
    await first.authority.submit(order.request, null, order.tools);
    const second = acme(pebble, { validation: at(pebble.tlsPort), state });
    expect(namesIn(await obtain(second.authority, order))).toBe('DNS:again.example');
    expect(JSON.stringify([order.remembered, ...state.notes])).not.toContain('PRIVATE KEY');
  });

  test('where no one answers, the order ends with what the CA met', async () => {
    const { authority } = acme(pebble, { validation: at(await freePort()) });
    const status = await untilDone(authority, await makeTestOrder(['lonely.example']));
    expect(status).toMatchObject({
      state: 'refused',
      because: { peerSaid: expect.stringMatching(/^lonely\.example: Failed to connect to .* tls-alpn-01/m) },
    });
  });

  test('a wildcard cannot be proved so, and what the CA offers is named', async () => {
    const { authority } = acme(pebble, { validation: at(pebble.tlsPort) });
    await expect(untilDone(authority, await makeTestOrder(['*.wild.example']))).rejects.toMatchObject({
      code: 'acme.challenge-not-offered',
      message: expect.stringMatching(/offers .*dns-01.*, but tls-alpn-01 is configured/),
    });
  });

  test.skipIf(!haveModules('stream'))(
    'an nginx that has the port passes on what a CA asks, and serves its site meanwhile',
    async () => {
      const { certPem, keyPem } = makeLeaf(makeCa(), { names: ['site.example'] });
      const site = createServer({ cert: certPem, key: keyPem }, (socket) => socket.end('the site'));
      site.listen(0, '127.0.0.1');
      await once(site, 'listening');
      const { port: sitePort } = site.address() as { port: number };
      const alpnPort = await freePort();
      const nginx = await startNginx({
        modules: ['stream'],
        http: '',
        main: [
          'stream {',
          '  map $ssl_preread_alpn_protocols $to {',
          `    ~\\bacme-tls/1\\b 127.0.0.1:${alpnPort};`,
          `    default 127.0.0.1:${sitePort};`,
          '  }',
          `  server { listen 127.0.0.1:${pebble.tlsPort}; ssl_preread on; proxy_pass $to; }`,
          '}',
        ].join('\n'),
      });
      try {
        const { authority } = acme(pebble, { validation: at(alpnPort) });
        expect(namesIn(await obtain(authority, await makeTestOrder(['site.example'])))).toBe(
          'DNS:site.example',
        );
        const where = { host: '127.0.0.1', port: pebble.tlsPort, servername: 'site.example' };
        const visitor = connect({ ...where, rejectUnauthorized: false });
        expect(String((await once(visitor, 'data'))[0])).toBe('the site');
      } finally {
        await nginx.stop();
        await new Promise((resolve) => site.close(resolve));
      }
    },
  );
});
