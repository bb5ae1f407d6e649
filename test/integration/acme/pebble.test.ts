import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import { makeTestOrder, memoryState, obtain, untilDone } from '../../make/acme.ts';
import { have } from '../../servers/available.ts';
import { freePort } from '../../servers/free-port.ts';
import { type Pebble, startPebble } from '../../servers/pebble.ts';
import { acmeMaker, canRunPebble, namesIn } from './with-pebble.ts';

const acme = acmeMaker();

describe.skipIf(!canRunPebble)('ACME with pebble', () => {
  let pebble: Pebble;
  beforeAll(async () => {
    pebble = await startPebble();
  });
  afterAll(() => pebble?.stop());
  const responder = () => ({ method: 'http-01-agent', address: '127.0.0.1', port: pebble.httpPort }) as const;

  test('a certificate is obtained through the responder, leaf first and without the root', async () => {
    const { authority } = acme(pebble, { validation: responder() });
    const order = await makeTestOrder(['a.example', 'b.example']);
    const chain = certificatesOf(await obtain(authority, order));
    expect(chain).toHaveLength(2);
    const [leaf, intermediate] = chain.map((pem) => new X509Certificate(pem));
    const root = new X509Certificate(await pebble.issuerRootPem());
    expect(leaf?.subjectAltName).toBe('DNS:a.example, DNS:b.example');
    expect(leaf?.checkIssued(intermediate as X509Certificate)).toBe(true);
    expect(intermediate?.checkIssued(root)).toBe(true);
  });

  test('a second certificate costs at most nine requests and one account serves both', async () => {
    const { authority, requests, state } = acme(pebble, { validation: responder() });
    await obtain(authority, await makeTestOrder(['first.example']));
    const account = state.note('account');
    const before = requests.length;
    await obtain(authority, await makeTestOrder(['second.example']));
    expect(requests.length - before).toBeLessThanOrEqual(9);
    expect(state.note('account')).toBe(account);
    expect(requests.filter((line) => line.includes('sign-me-up'))).toHaveLength(1);
  });

  // ended and started again while the CA validates; what the CA asked meanwhile is nobody's answer
  test('an order that failed while the agent was away is placed again, and one that failed while it was there is not', async () => {
    const [state, order] = [memoryState(), await makeTestOrder(['away.example'])];
    const elsewhere = await freePort(); // where the CA does not ask
    const before = acme(pebble, { state, validation: { ...responder(), port: elsewhere } });
    const refused = await untilDone(before.authority, order);
    expect(refused).toMatchObject({ state: 'refused' });
    const after = acme(pebble, { state, validation: responder() });
    expect(namesIn(await obtain(after.authority, order))).toBe('DNS:away.example');
    expect(after.requests.filter((line) => line.includes('order-plz'))).toHaveLength(1);
    await before.authority.cleanUp(order.known(), order.request, order.tools);
  });

  test('eight orders at once share one responder and all succeed', async () => {
    const { authority } = acme(pebble, { validation: responder() });
    const orders = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => makeTestOrder([`many${n}.example`])),
    );
    const chains = await Promise.all(orders.map((order) => obtain(authority, order)));
    expect(chains.map(namesIn)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `DNS:many${n}.example`));
  });

  test.each(['rsa-2048', 'ec-p384'] as const)('a CSR with a %s key is issued', async (keyType) => {
    const { authority } = acme(pebble, { validation: responder() });
    const chain = await obtain(authority, await makeTestOrder([`${keyType}.example`], { keyType }));
    const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(chain).publicKey;
    expect(asymmetricKeyType).toBe(keyType === 'rsa-2048' ? 'rsa' : 'ec');
    expect(asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve).toBe(
      keyType === 'rsa-2048' ? 2048 : 'secp384r1',
    );
  });

  test('an IP address is validated and put into the certificate as one', async () => {
    const { authority } = acme(pebble, { validation: responder() });
    const chain = await obtain(authority, await makeTestOrder(['127.0.0.1']));
    expect(namesIn(chain)).toBe('IP Address:127.0.0.1');
  });

  test('files in a web root prove control and are gone afterwards', async () => {
    const webRoot = await mkdtemp(join(tmpdir(), 'trustkeep-web-root-'));
    const server = createServer((request, response) => {
      readFile(join(webRoot, request.url ?? '')).then(
        (body) => response.end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(pebble.httpPort, '127.0.0.1', resolve));
    try {
      const { authority } = acme(pebble);
      const order = await makeTestOrder(['web.example', 'www.web.example'], { webRoot });
      expect(namesIn(await obtain(authority, order))).toBe('DNS:web.example, DNS:www.web.example');
      expect(await readdir(join(webRoot, '.well-known/acme-challenge'))).toEqual([]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
      await rm(webRoot, { recursive: true });
    }
  });

  test('a web root nobody serves from ends refused with the name and what the CA met', async () => {
    const { authority } = acme(pebble);
    const status = await untilDone(authority, await makeTestOrder(['lonely.example']));
    if (status.state !== 'refused') throw new Error(JSON.stringify(status));
    expect(status.because.sentence).toContain('lonely.example: it could not connect');
    expect(status.because.peerSaid).toContain('refused');
  });

  describe('with dns-01 by scripts', () => {
    let directory: string;
    let log: string;
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'trustkeep-dns-'));
      log = join(directory, 'log');
      const body = (verb: string, json: string) =>
        [
          '#!/bin/sh',
          `echo "${verb} $1 $2" >> ${log}`,
          `curl -sf -d "${json}" ${pebble.dns.managementUrl}/${verb}-txt`,
        ].join('\n');
      const add = body('set', '{\\"host\\":\\"$1.\\",\\"value\\":\\"$2\\"}');
      await writeFile(join(directory, 'add'), add);
      await writeFile(join(directory, 'remove'), body('clear', '{\\"host\\":\\"$1.\\"}'));
      await chmod(join(directory, 'add'), 0o755);
      await chmod(join(directory, 'remove'), 0o755);
    });
    afterAll(() => rm(directory, { recursive: true }));
    const byScript = (propagationSeconds = 0) =>
      ({
        method: 'dns-01-script',
        addScript: join(directory, 'add'),
        removeScript: join(directory, 'remove'),
        timeoutSeconds: 10,
        waitSeconds: 0,
        propagationSeconds,
      }) as const;

    test.skipIf(!have('curl'))('a wildcard is issued and the record is taken away', async () => {
      const { authority } = acme(pebble, { validation: byScript() });
      const chain = await obtain(authority, await makeTestOrder(['*.wild.example']));
      expect(namesIn(chain)).toBe('DNS:*.wild.example');
      const lines = (await readFile(log, 'utf8')).trim().split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/^set _acme-challenge\.wild\.example [A-Za-z0-9_-]{43}$/);
      expect(lines[1]).toBe(lines[0]?.replace('set', 'clear'));
    });

    test.skipIf(!have('curl'))('a long wait for records is given back and survives a restart', async () => {
      const state = memoryState();
      const first = acme(pebble, { validation: byScript(600), state });
      const order = await makeTestOrder(['slow-dns.example']);
      await first.authority.submit(order.request, null, order.tools);
      const status = await first.authority.poll(order.known(), order.request, order.tools);
      expect(status).toMatchObject({ state: 'pending', sentence: expect.stringContaining('to spread') });
      expect((status as { afterMs: number }).afterMs).toBeGreaterThan(300_000);
      const clock = { ...systemClock, now: () => Date.now() + 600_000 };
      const second = acme(pebble, { validation: byScript(600), state, clock });
      await obtain(second.authority, order);
      const added = (await readFile(log, 'utf8')).match(/set _acme-challenge\.slow-dns/g);
      expect(added).toHaveLength(1);
    });

    test('http-01 alone for a wildcard names what the CA offers', async () => {
      const { authority } = acme(pebble, { validation: responder() });
      await expect(untilDone(authority, await makeTestOrder(['*.wild.example']))).rejects.toMatchObject({
        code: 'acme.challenge-not-offered',
        message: expect.stringMatching(
          /offers .*dns-01.* to prove control of \*\.wild\.example, but http-01/,
        ),
      });
    });
  });

  test('the test of the authority registers an account and names the missing profile', async () => {
    const { authority, state } = acme(pebble, { settings: { profile: 'shortlived' } });
    const report = await authority.test();
    expect(report.ok).toBe(false);
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['directory', true],
      ['account', true],
      ['certificate-profile', false],
      ['renewal-information', true],
    ]);
    expect(state.note('account')).toContain(pebble.directoryUrl);
  });

  test('an untrusted CA is named with the way out', async () => {
    const { authority } = acme({ ...pebble, rootPem: '' }, { settings: { trustedRootsPem: null } });
    const report = await authority.test();
    expect(report.ok).toBe(false);
    expect(report.checks[0]?.sentence).toMatch(
      /"Test API root", which this machine does not trust.*trusted_roots/,
    );
  });

  test('the terms must be agreed to before an account is made, and are named', async () => {
    const { authority } = acme(pebble, { settings: { termsAgreed: false } });
    await expect(untilDone(authority, await makeTestOrder(['terms.example']))).rejects.toMatchObject({
      code: 'acme.terms-not-agreed',
      hint: expect.stringMatching(/data:text|https?:/),
    });
  });
});
