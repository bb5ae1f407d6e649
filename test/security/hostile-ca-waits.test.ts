import { describe, expect, test } from 'vitest';
import { failureData } from '#shared/failure.ts';
import { makeTestOrder, untilDone } from '#test/make/acme.ts';
import { busy } from '#test/make/busy.ts';
import { authorization } from '#test/servers/acme-hostile.ts';
import { have } from '#test/servers/available.ts';
import { linksOf, retryAfterMs } from '../../electron/providers/authorities/acme/headers.ts';
import { hostile, name, outcome, prepareHostility } from './hostile-authority.ts';

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

describe.skipIf(!have('openssl'))('a hostile CA', () => {
  prepareHostility();

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
    const status = await untilDone(acme.authority, order, 1000);
    expect(status.state).toBe('pending');
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
