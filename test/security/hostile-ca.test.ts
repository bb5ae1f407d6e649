/**
 * The attack: the CA itself (or who stands in its place) wants more than to issue. Through tokens it wants to write
 * files outside the web root, through identifiers to have a script change DNS of names nobody asked for, through addresses
 * to have signed requests sent in clear or somewhere inside, through bodies, chains and Retry-After to take memory, time
 * or the task for ever, and through words to have its own text believed or acted upon at a terminal.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { asFailure, Failure, type FailureData, failureData } from '#shared/failure.ts';
import { makeTestAcme, makeTestOrder, memoryKeep, untilDone } from '#test/make/acme.ts';
import { busy } from '#test/make/busy.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { authorization, type Hostility, startAcmeHostile } from '#test/servers/acme-hostile.ts';
import { have } from '#test/servers/available.ts';
import { linksOf, retryAfterMs } from '../../electron/providers/authorities/acme/client.ts';

const name = 'shop.example';
const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function hostile(hostility: Hostility, validation?: Parameters<typeof makeTestAcme>[1]) {
  const server = await startAcmeHostile([name], hostility);
  const acme = makeTestAcme(server, { keep: memoryKeep(), ...validation });
  stops.push(server.stop, acme.close);
  return { server, acme };
}

async function outcome(hostility: Hostility, options?: Parameters<typeof makeTestAcme>[1]) {
  const { server, acme } = await hostile(hostility, options);
  const webRoot = new Map<string, string>();
  const order = await makeTestOrder([name], { webRoot });
  const failure = await failureOf(async () => {
    const look = await untilDone(acme.authority, order);
    if (look.state === 'refused') throw fromData(look.because);
    const chain = await acme.authority.collect(order.known());
    if (chain === '') throw new Failure('authority.no-certificate', 'as the step says it');
  });
  return { failure, webRoot, server, requests: acme.requests };
}

async function failureOf(work: () => Promise<unknown>): Promise<Failure> {
  return asFailure(await work().catch((thrown: unknown) => thrown));
}

function fromData({ code, sentence, ...options }: FailureData): Failure {
  return new Failure(code, sentence, options);
}

describe.skipIf(!have('openssl'))('a hostile CA', () => {
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
    expect(failure.code).toBe('acme.http-307');
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

  test.each([
    ['nothing', ''],
    ['no PEM', 'ha'],
    ['half a block', '-----BEGIN CERTIFICATE-----\nMII'],
    ['garbage in a block', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['deep DER', deepDer()],
  ])('that sends %s for a certificate ends in one failure', async (_what, body) => {
    const { failure } = await outcome((path) => (path === '/certificate' ? { body } : null));
    expect(failure.code).not.toBe('internal');
    expect(failureData.safeParse(failure.toData()).success).toBe(true);
  });

  test.each(['9'.repeat(300), '99999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', '-5', 'soon'])(
    'that says Retry-After %s is asked again within a day',
    async (header) => {
      const { failure } = await outcome((path) =>
        path === '/new-order'
          ? {
              status: 429,
              headers: { 'retry-after': header, 'content-type': 'application/problem+json' },
              body: { type: 'urn:ietf:params:acme:error:rateLimited', detail: 'slow down' },
            }
          : null,
      );
      expect(failureData.safeParse(failure.toData()).success).toBe(true);
      expect(failure.retryAt ?? 0).toBeLessThanOrEqual(Date.now() + 24 * 3600_000);
      expect(retryAfterMs(header, Date.now()) ?? 0).toBeLessThanOrEqual(24 * 3600_000);
    },
  );

  test('cannot move the cursor, turn the text around or fill the screen with what it says', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eelpmaxe\u2066'.repeat(200);
    const { failure } = await outcome((path) =>
      path === '/new-order'
        ? {
            status: 403,
            headers: { 'content-type': 'application/problem+json' },
            body: {
              type: `urn:ietf:params:acme:error:${'x'.repeat(10_000)}`,
              detail: evil,
              instance: `https://ca.example/${evil}`,
              subproblems: Array.from({ length: 1000 }, () => ({
                type: `urn:ietf:params:acme:error:${evil}`,
                detail: evil,
                identifier: { type: 'dns', value: evil },
              })),
            },
          }
        : null,
    );
    const data = failure.toData();
    expect(failureData.safeParse(data).success).toBe(true);
    expect(
      Object.values(data)
        .join('')
        .match(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu),
    ).toBeNull();
    expect(JSON.stringify(data).length).toBeLessThan(8_000);
  });

  test('that stays pending for ever gives the task back each time instead of holding it', async () => {
    const { acme } = await hostile((path, at) =>
      path === '/authorization' || path.startsWith('/challenge')
        ? { body: path === '/authorization' ? authorization(name, at) : { type: 'http-01', url: at(path) } }
        : path === '/order'
          ? {
              body: {
                status: 'pending',
                identifiers: [{ type: 'dns', value: name }],
                authorizations: [at('/authorization')],
                finalize: at('/finalize'),
              },
            }
          : null,
    );
    const order = await makeTestOrder([name]);
    const begun = performance.now();
    const look = await untilDone(acme.authority, order, 1000);
    expect(look.state).toBe('pending');
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('cannot keep us busy with a Link header', async () => {
    const { took } = await busy(() => {
      const many = `<x>${'; '.repeat(4000)}${' '.repeat(4000)}${';a'.repeat(2000)}"`;
      for (const header of [many, `<x>;${' '.repeat(15_000)},`, '<'.repeat(15_000)])
        linksOf(header, 'next', 'https://ca.example/');
    });
    expect(took).toBeLessThan(2_000);
  });
});

/** 50,000 sequences in each other: recursion without a limit would overflow the stack. */
function deepDer(): string {
  let der = Buffer.alloc(0);
  const lengths: Buffer[] = [];
  for (let depth = 0; depth < 50_000; depth++) {
    const length = der.length + lengths.reduce((sum, one) => (depth < 50 ? sum + one.length : sum), 0);
    lengths.push(Buffer.from([0x30, 0x84, 0, (length >> 16) & 255, (length >> 8) & 255, length & 255]));
  }
  der = Buffer.concat(lengths);
  const body = der.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}
