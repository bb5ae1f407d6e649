import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeProxyTools, type TestLogin } from '#test/make/proxy.ts';
import { type PlainOrigin, startOrigin } from '#test/servers/plain-origin.ts';
import { haveSquid, type RunningSquid, startSquid } from '#test/servers/squid.ts';
import { makeTlsMaterial, type TlsMaterial } from '#test/servers/tls-material.ts';
import { forward } from '../../../electron/net/proxy/forward.ts';
import { openTunnel } from '../../../electron/net/proxy/tunnel.ts';

const password = 'p@ss:wörd';
const users = { bob: password };
const waiting = { timeout: 60_000, interval: 20 };
const kinds: Record<'none' | 'basic' | 'digest' | 'ntlm', TestLogin | null> = {
  none: null,
  basic: { user: 'bob', password },
  digest: { user: 'bob', password },
  ntlm: { user: 'bob', domain: 'CORP', password },
};

describe.skipIf(!haveSquid())('through a real Squid', () => {
  const squids = new Map<string, RunningSquid>();
  let directory = '';
  let material: TlsMaterial;
  let plain: PlainOrigin;
  let secure: PlainOrigin;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-proxy-'));
    material = await makeTlsMaterial(directory);
    [plain, secure] = await Promise.all([startOrigin(), startOrigin(material)]);
    const rules = ['acl forbidden dstdomain forbidden.test', 'http_access deny forbidden'];
    for (const auth of ['none', 'basic', 'digest', 'ntlm'] as const)
      squids.set(auth, await startSquid({ auth, users, rules }));
  });
  afterAll(async () => {
    for (const server of [...squids.values(), plain, secure]) await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const squid = (kind: string): RunningSquid => squids.get(kind) ?? expect.fail(`no ${kind}`);
  const place = (kind: string) => ({ host: '127.0.0.1', port: squid(kind).port, tls: false });
  /**
   * What Squid writes of work with an origin that nobody else uses, once it wrote so many lines: it writes after it
   * answered, and the line of a tunnel when that has ended.
   */
  const written = async (kind: string, count: number, work: (port: number) => Promise<void>) => {
    const own = await startOrigin();
    try {
      await work(own.port);
      const lines = async () =>
        (await squid(kind).accessLog()).filter((line) => new RegExp(`:${own.port}\\b`).test(line));
      await expect.poll(async () => (await lines()).length, waiting).toBeGreaterThanOrEqual(count);
      return (await lines()).map((line) => line.replace(/127\.0\.0\.1:\d+/, 'it'));
    } finally {
      await own.stop();
    }
  };

  test.each(Object.entries(kinds))(
    '%s: a tunnel carries TLS, and a plain request is forwarded',
    async (kind, login) => {
      const { tools, names, open } = makeProxyTools(login);
      const target = { host: '127.0.0.1', port: secure.port };
      expect(await tlsAnswer(await openTunnel(place(kind), target, tools), material)).toContain('GET /x');
      expect(names().at(-1)).toBe('tunnel');
      const url = `http://127.0.0.1:${plain.port}/f?a=1`;
      const request = { method: 'POST', url, headers: { 'x-a': 'b' }, body: 'ü', maxBytes: 1000 };
      for (let turn = 0; turn < 3; turn++) {
        const answer = await forward(place(kind), request, tools);
        expect([answer.status, answer.body.toString()]).toEqual([200, 'POST /f?a=1 ü']);
      }
      expect(open()).toBe(0);
      tools.memory.close();
    },
  );

  const learnt = {
    none: ['CONNECT it 200 -'],
    basic: ['CONNECT it 407 -', 'CONNECT it 200 bob', 'CONNECT it 200 bob'],
    digest: ['CONNECT it 407 -', 'CONNECT it 200 bob', 'CONNECT it 200 bob'],
    ntlm: ['CONNECT it 407 -', 'CONNECT it 200 CORP\\bob', 'CONNECT it 407 -', 'CONNECT it 200 CORP\\bob'],
  };
  test.each(Object.entries(learnt))('%s: it is asked no more than it must be', async (kind, lines) => {
    const { tools } = makeProxyTools(kinds[kind as keyof typeof kinds]);
    const expected = kind === 'none' ? [...lines, ...lines] : lines;
    const seen = await written(kind, expected.length, async (port) => {
      for (let turn = 0; turn < 2; turn++) {
        const socket = await openTunnel(place(kind), { host: '127.0.0.1', port }, tools);
        await new Promise((resolve) => socket.once('close', resolve).resume().end());
      }
    });
    expect(seen.toSorted()).toEqual(expected.toSorted());
    tools.memory.close();
  });

  test('ntlm: forwarded requests stay on one connection that is logged in once', async () => {
    const { tools } = makeProxyTools(kinds.ntlm);
    const seen = await written('ntlm', 6, async (port) => {
      const request = { method: 'GET', url: `http://127.0.0.1:${port}/f`, headers: {}, maxBytes: 1000 };
      for (let turn = 0; turn < 5; turn++) await forward(place('ntlm'), request, tools);
    });
    expect(seen.map((line) => line.split(' ')[2])).toEqual(['407', '200', '200', '200', '200', '200']);
    tools.memory.close();
  });

  test.each(['basic', 'digest'])('%s: a wrong password is tried once, and not again', async (kind) => {
    const { tools, names, steps, setLogin } = makeProxyTools({ user: 'bob', password: 'wrong-one' });
    const seen = await written(kind, 2, async (port) => {
      const url = `http://127.0.0.1:${port}/f`;
      await expect(openTunnel(place(kind), { host: '127.0.0.1', port }, tools)).rejects.toMatchObject({
        code: 'proxy.login-refused',
      });
      expect(names()).toEqual(['proxy', 'authentication', '!authentication']);
      await expect(
        forward(place(kind), { method: 'GET', url, headers: {}, maxBytes: 9 }, tools),
      ).rejects.toThrow(/not tried again for 60 s/);
    });
    expect(seen.filter((line) => line.endsWith('bob'))).toHaveLength(1);
    expect(JSON.stringify(steps)).not.toContain('wrong-one');
    setLogin({ user: 'bob', password });
    (await openTunnel(place(kind), { host: '127.0.0.1', port: plain.port }, tools)).destroy();
  });

  test('without a log-in it says that one is needed', async () => {
    const { tools, steps } = makeProxyTools(null);
    await expect(openTunnel(place('basic'), { host: 'x.test', port: 443 }, tools)).rejects.toMatchObject({
      code: 'proxy.login-needed',
    });
    expect(steps.at(-1)?.sentence).toMatch(/requires a login \(Basic\).*Set user and password/);
  });

  test('NTLM alone with no domain says that the domain is needed', async () => {
    const { tools } = makeProxyTools({ user: 'bob', password });
    await expect(openTunnel(place('ntlm'), { host: 'x.test', port: 443 }, tools)).rejects.toMatchObject({
      code: 'proxy.domain-needed',
    });
  });

  test('what the proxy forbids or cannot reach is told apart, in its own words', async () => {
    const { tools, names } = makeProxyTools(kinds.none);
    await expect(
      openTunnel(place('none'), { host: 'forbidden.test', port: 443 }, tools),
    ).rejects.toMatchObject({
      code: 'proxy.refused-connect',
      message: expect.stringContaining('forbidden.test:443 (403)'),
      peerSaid: expect.stringMatching(/^Forbidden.*Access Denied/),
    });
    expect(names()).toEqual(['proxy', 'authentication', '!tunnel']);
    await expect(openTunnel(place('none'), { host: '127.0.0.1', port: 1 }, tools)).rejects.toMatchObject({
      code: 'proxy.refused-connect',
      retry: 'later',
      message: expect.stringContaining('(503)'),
    });
  });
});

function tlsAnswer(socket: import('node:net').Socket, { rootPem }: TlsMaterial): Promise<string> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, ca: rootPem, servername: 'localhost' });
    tls.once('secureConnect', () => tls.write('GET /x HTTP/1.0\r\n\r\n'));
    let text = '';
    tls.on('data', (part: Buffer) => {
      text += part.toString();
    });
    tls.once('end', () => resolve(text));
    tls.once('error', reject);
  });
}
