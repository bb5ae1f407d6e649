/**
 * The attack: who serves the PAC file, or changes it on its way, has a script run at each request. It wants time, memory
 * and lines in the log; it wants to break out of its engine by what it answers and by replacing what the engine relies
 * on; and it wants the file fetched from a place where nobody proves who they are.
 */
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog, silentLog } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import { busy } from '#test/make/busy.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { makeDispatchers } from '../../electron/net/dispatchers.ts';
import { makeHttp } from '../../electron/net/http.ts';
import { Pac } from '../../electron/net/proxy/pac.ts';
import { fetchPac } from '../../electron/net/proxy/pac-file.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function asking(script: string) {
  const lines: string[] = [];
  const fetch = async () => ({ status: 200, headers: {}, body: Buffer.from(script) });
  const log = makeLog((line) => lines.push(line), 'debug', Date.now);
  const pac = new Pac({ url: 'http://127.0.0.1/proxy.pac', fetch, clock: systemClock, log });
  ends.push(() => pac.close());
  return { lines, ask: () => pac.ask(new URL('https://vault.test/')) };
}

function body(code: string): string {
  return `function FindProxyForURL(url, host) { ${code} }`;
}

describe('a hostile script', () => {
  test.each([
    ['ways', 'return "PROXY p.test:1;".repeat(500000)'],
    ['nonsense before the first way', 'return "x;".repeat(2000000) + "DIRECT"'],
    ['one way that goes on', 'return "PROXY " + "a".repeat(5000000)'],
  ])('that answers millions of %s costs little', async (_, code) => {
    await asking(body('return "DIRECT"')).ask(); // the engine itself is loaded once
    const { ask } = asking(body(code));
    const { took, outcome: answer } = await busy(() => ask().catch(asFailure));
    expect(took).toBeLessThan(1_500); // less than twice what a script may take before it is stopped
    if ('ways' in answer) {
      expect(answer.ways.length + answer.skipped.length).toBeLessThanOrEqual(20);
    } else expect(answer.code).toMatch(/^proxy\.pac-(answer|timeout)$/);
  });

  test.each([
    ['String', 'String = () => ({ toString: 5, valueOf: 6, __proto__: { polluted: 1 } });'],
    [
      'the prototype of arrays',
      'Object.defineProperty(Array.prototype, 0, { set() {}, get: () => "PROXY evil.test:1" });',
    ],
    [
      'the prototype of objects',
      'Object.prototype.toString = () => "evil"; Object.prototype.then = (go) => go("evil");',
    ],
    ['its own function', 'alert = dnsResolve = undefined;'],
  ])('that replaces %s changes nothing outside', async (_, code) => {
    const { ask } = asking(`${code} ${body('try { alert(1); } catch {} return "DIRECT";')}`);
    expect(await ask()).toMatchObject({ ways: [{ kind: 'direct' }] });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(String({})).toBe('[object Object]');
  });

  test('that hands over a text without end as an object is only refused', async () => {
    const deep = 'let d = {}; let c = d; for (let i = 0; i < 100000; i++) c = c.a = {}; String = () => d;';
    const { ask } = asking(body(`${deep} alert(1); return "DIRECT";`));
    const answer = await ask().catch(asFailure);
    if (!('ways' in answer)) expect(answer.code).toMatch(/^proxy\.pac-/);
  });

  test('that talks without end fills no log', async () => {
    const { ask, lines } = asking(body('for (let i = 0; i < 3000; i++) alert("more"); return "DIRECT";'));
    await ask();
    expect(lines.filter((line) => line.includes('the PAC file says')).length).toBeLessThanOrEqual(20);
  });

  test('cannot name a proxy whose name moves a cursor or turns text', async () => {
    const { ask } = asking(body('return "PROXY \\u202egpj.tset:80; PROXY \\u0007bell:80; DIRECT"'));
    expect((await ask()).ways).toEqual([{ kind: 'direct' }]);
  });

  test('that names another proxy each time leaves no pool behind for each', () => {
    const made = makeDispatchers(() => Promise.reject(new Error('not now')));
    ends.push(() => made.destroy());
    const pools = Array.from({ length: 500 }, (_, at) =>
      made.for({}, { kind: 'proxy', place: { host: `p${at}.test`, port: 1, tls: false } }),
    );
    expect(pools.filter((pool) => !(pool as unknown as { closed: boolean }).closed).length).toBeLessThan(100);
  });
});

describe('who redirects the way to a PAC file', () => {
  test('cannot lead from https to an address without TLS', async () => {
    const ca = makeCa({ commonName: 'PAC root' });
    const leaf = makeLeaf(ca, { names: ['127.0.0.1'] });
    const evil = await listening(
      createServer((_, response) => response.end(body('return "PROXY evil.test:1"'))),
    );
    const good = await listening(
      createTlsServer({ cert: leaf.chainPem, key: leaf.keyPem }, (_, response) => {
        response.writeHead(302, { location: `http://127.0.0.1:${evil}/proxy.pac` }).end();
      }),
    );
    const http = makeHttp({ userAgent: 'test', clock: systemClock, log: silentLog });
    ends.push(() => http.close());
    const fetch: Parameters<typeof fetchPac>[2]['fetch'] = (request) =>
      http.request({ ...request, trustedRootsPem: ca.certPem });
    const url = `https://127.0.0.1:${good}/proxy.pac`;
    const failure = asFailure(
      await fetchPac(url, null, { fetch, clock: systemClock }).catch((error) => error),
    );
    expect(failure).toMatchObject({ code: 'proxy.pac-unreachable' });
    expect(failure.message).toContain('without TLS');
  });

  async function listening(server: ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>) {
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    ends.push(() => server.closeAllConnections());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
});
