import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { busy } from '#test/make/busy.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { authorization } from '#test/servers/acme-hostile.ts';
import { have } from '#test/servers/available.ts';
import { name, outcome, prepareHostility, stops } from './hostile-authority.ts';

describe.skipIf(!have('openssl'))('a hostile CA', () => {
  prepareHostility();

  test.each([
    '../../../../etc/cron.d/evil',
    '/etc/passwd',
    'a/b',
    '..',
    'token\u0000.txt',
    'token\nX: y',
    'token%2f..%2fx',
    '$(id)',
    '',
    'x'.repeat(5000),
  ])('cannot name a file with the token %j', async (token) => {
    const { failure, webRoot, server } = await outcome((path, at) =>
      path === '/authorization' ? { body: authorization(name, at, 'pending', token) } : null,
    );
    expect(failure).toMatchObject({ code: 'acme.unexpected-answer', retry: 'never' });
    expect([...webRoot]).toEqual([]);
    expect(server.asked).not.toContain('/challenge/http-01');
  });

  test.each(['bank.example', 'shop.example; touch /tmp/x', '--help', `${name}\n-evil`, 'example'])(
    'cannot have control proved of %j, and no script hears of it',
    async (foreign) => {
      const directory = tempDirectory('hostile-dns');
      stops.push(directory.remove);
      const heard = join(directory.path, 'heard');
      const script = join(directory.path, 'script');
      writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$@" >> ${heard}\n`, { mode: 0o755 });
      const { failure } = await outcome(
        (path, at) => (path === '/authorization' ? { body: authorization(foreign, at) } : null),
        {
          validation: {
            method: 'dns-01-script',
            addScript: script,
            removeScript: script,
            timeoutSeconds: 5,
            waitSeconds: 0,
            propagationSeconds: 0,
          },
        },
      );
      expect(failure).toMatchObject({ code: 'acme.unexpected-answer', retry: 'never' });
      expect(existsSync(heard) ? readFileSync(heard, 'utf8') : '').toBe('');
    },
  );

  test.each([
    ['an order in clear', '/new-order', 'finalize'],
    ['an authorization in clear', '/new-order', 'authorizations'],
  ])('cannot have %s asked for', async (_what, where, field) => {
    const clear = 'http://127.0.0.1:9/internal';
    const { failure, requests } = await outcome((path, at) => {
      if (path !== where && path !== '/order') return null;
      const order = {
        status: field === 'finalize' ? 'ready' : 'pending',
        identifiers: [{ type: 'dns', value: name }],
        authorizations: [at('/authorization')],
        finalize: at('/finalize'),
      };
      return { body: { ...order, [field]: field === 'authorizations' ? [clear] : clear } };
    });
    expect(failure).toMatchObject({ code: 'acme.not-https', retry: 'never' });
    expect(requests.filter((one) => one.includes(' http:'))).toEqual([]);
  });

  test.each(['newNonce', 'newAccount', 'newOrder'])(
    'cannot name %s in clear in its directory',
    async (field) => {
      const { failure, requests } = await outcome((path, at) => {
        if (path !== '/directory') return null;
        const usual = { newNonce: at('/nonce'), newAccount: at('/account'), newOrder: at('/new-order') };
        return { body: { ...usual, [field]: 'http://127.0.0.1:9/x' } };
      });
      if (field !== 'newNonce') expect(failure.code).toBe('acme.not-https'); // other answers carry nonces too
      expect(requests.filter((one) => one.includes(' http:'))).toEqual([]);
    },
  );

  test('that redirects is not followed', async () => {
    const { failure, requests } = await outcome((path) =>
      path === '/new-order' ? { status: 307, headers: { location: 'http://127.0.0.1:9/' }, body: {} } : null,
    );
    expect(failure.code).toBe('acme.http-failed');
    expect(requests.filter((one) => one.includes(':9/'))).toEqual([]);
  });

  test('that answers without end is cut off', async () => {
    const { failure } = await outcome((path) => (path === '/new-order' ? { bytes: 10 ** 9 } : null));
    expect(failure.code).toBe('net.too-large');
  });

  test('that sends no address where one is needed is told so', async () => {
    const { failure } = await outcome((path) =>
      path === '/new-order' ? { headers: { location: 'https://[' } } : null,
    );
    expect(failure.code).toBe('acme.unexpected-answer');
  });

  test('with a thousand certificates in its chain is refused at once', async () => {
    const ca = makeCa({ commonName: 'Same name' });
    const one = makeLeaf(ca, { names: [name] });
    const many = Array.from({ length: 1000 }, () => one.chainPem).join('');
    const { took } = await busy(async () => {
      const { failure } = await outcome((path) => (path === '/certificate' ? { body: many } : null));
      expect(failure.code).toBe('certificate.chain-too-long');
    });
    expect(took).toBeLessThan(10_000);
  });
});
