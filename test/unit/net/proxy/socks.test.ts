import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { makeProxyTools, type TestLogin } from '#test/make/proxy.ts';
import { openTunnel } from '../../../../electron/net/proxy/tunnel.ts';

const target = { host: 'inside.test', port: 443 };
const alice = { user: 'alice', password: 'p@ss:wörd' };

const servers: Server[] = [];
const open = new Set<Socket>();
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const socket of open) socket.destroy();
});

interface Answers {
  /** The method that is chosen of those offered; 0xff: none. */
  method?: number;
  /** Of the login: 0 lets it through. */
  login?: number;
  /** To CONNECT; null: none ever comes. */
  reply?: number | null;
  /** What the destination says, in one piece with the answer to CONNECT. */
  greeting?: string;
}

/** A SOCKS 5 proxy (RFC 1928, RFC 1929) that answers so and keeps what it was told. */
async function proxy({ method = 0, login = 0, reply = 0, greeting = '' }: Answers = {}) {
  const seen = { methods: [] as number[][], logins: [] as string[], asked: [] as string[], closed: 0 };
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket) && seen.closed++);
    const chooses = (said: Buffer) => {
      seen.methods.push([...said.subarray(2)]);
      return [5, method];
    };
    const logsIn = (said: Buffer) => {
      seen.logins.push(readLogin(said));
      return [1, login];
    };
    const connects = (said: Buffer) => {
      seen.asked.push(readTarget(said));
      return reply === null ? null : [5, reply, 0, 1, 0, 0, 0, 0, 0, 0];
    };
    const steps = [chooses, ...(method === 2 ? [logsIn] : []), connects];
    socket.on('data', (said: Buffer) => {
      const answer = steps.shift()?.(said) ?? null;
      if (answer === null) return;
      const last = steps.length === 0 ? Buffer.from(greeting) : Buffer.alloc(0);
      socket.write(Buffer.concat([Buffer.from(answer), last]));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  const port = typeof at === 'object' ? (at?.port ?? 0) : 0;
  return { place: { host: '127.0.0.1', port, tls: false, socks5: true } as const, seen };
}

/** RFC 1929, 2. */
function readLogin(said: Buffer): string {
  const user = said.subarray(2, 2 + (said[1] ?? 0));
  return `${user} ${said.subarray(3 + user.length)}`;
}

/** RFC 1928, 4: kind of address, address and port. */
function readTarget(said: Buffer): string {
  const end = said.length - 2;
  const address = said[3] === 3 ? said.subarray(5, end).toString() : said.subarray(4, end).toString('hex');
  return `${said[3]} ${address} ${said.readUInt16BE(end)}`;
}

function tools(login: TestLogin | null = null) {
  const made = makeProxyTools(login);
  return { ...made, tools: { ...made.tools, connectTimeoutMs: 2000 } };
}

describe('through a SOCKS 5 proxy', () => {
  test('a name is given as a name, and what the destination says first is not lost', async () => {
    const { place, seen } = await proxy({ greeting: '220 hello' });
    const socket = await openTunnel(place, target, tools().tools);
    const [said] = (await once(socket, 'data')) as [Buffer];
    expect(said.toString()).toBe('220 hello');
    expect(seen).toMatchObject({ methods: [[0]], asked: ['3 inside.test 443'] });
    socket.destroy();
  });

  test('an address is given as an address', async () => {
    const { place, seen } = await proxy();
    const { tools: used } = tools();
    for (const host of ['192.0.2.7', '2001:db8::1'])
      (await openTunnel(place, { host, port: 22 }, used)).destroy();
    expect(seen.asked).toEqual(['1 c0000207 22', '4 20010db8000000000000000000000001 22']);
  });

  test('a user logs in each time, and no password stays open', async () => {
    const { place, seen } = await proxy({ method: 2 });
    const used = tools(alice);
    for (const _ of [1, 2]) (await openTunnel(place, target, used.tools)).destroy();
    expect(seen.logins).toEqual(['alice p@ss:wörd', 'alice p@ss:wörd']);
    expect(used.open()).toBe(0);
    expect(used.log.join('\n')).not.toContain(alice.password);
  });
});

describe('a SOCKS 5 proxy that refuses', () => {
  test('a login is not sent the same again for a while', async () => {
    const { place, seen } = await proxy({ method: 2, login: 1 });
    const { tools: used } = tools(alice);
    await expect(openTunnel(place, target, used)).rejects.toMatchObject({ code: 'proxy.login-refused' });
    await expect(openTunnel(place, target, used)).rejects.toThrow('It is not tried again for 60 s');
    expect(seen.logins).toHaveLength(1);
    await expect.poll(() => seen.closed).toBe(2);
  });

  test.each([
    ['asks for a login that is not set', null, 'proxy.login-needed'],
    ['accepts none that is offered', alice, 'proxy.scheme-unknown'],
  ] as const)('because it %s is told as that', async (_what, login, code) => {
    const { place } = await proxy({ method: 0xff });
    await expect(openTunnel(place, target, tools(login).tools)).rejects.toMatchObject({ code });
  });

  test.each([
    ['a domain', { ...alice, domain: 'CORP' }, 'proxy.ntlm-not-offered'],
    ['a password that is too long', { user: 'alice', password: 'ö'.repeat(128) }, 'proxy.scheme-unknown'],
  ])('is sent nothing of a login with %s', async (_what, login, code) => {
    const { place, seen } = await proxy({ method: 2 });
    await expect(openTunnel(place, target, tools(login).tools)).rejects.toMatchObject({ code });
    expect(seen.logins).toEqual([]);
  });

  test.each([
    [1, 'general failure', 'later'],
    [2, 'its rules do not allow it', 'needs-person'],
    [3, 'network unreachable', 'later'],
    [4, 'host unreachable', 'later'],
    [5, 'the destination refused the connection', 'later'],
    [6, 'TTL expired', 'later'],
    [7, 'it does not support CONNECT', 'needs-person'],
    [8, 'it does not support this kind of address', 'needs-person'],
    [99, 'unknown reason', 'needs-person'],
  ])('with reply %i says that %s, and whether to try again', async (reply, why, retry) => {
    const { place, seen } = await proxy({ reply });
    await expect(openTunnel(place, target, tools().tools)).rejects.toMatchObject({
      ...{ code: 'proxy.refused-connect', retry },
      message: `The proxy 127.0.0.1:${place.port} refused to connect to inside.test:443 (${why}).`,
    });
    await expect.poll(() => seen.closed).toBe(1);
  });

  test('the destination of one request leaves the login to the next one', async () => {
    const { place, seen } = await proxy({ method: 2, reply: 5 });
    const { tools: used } = tools(alice);
    for (const _ of [1, 2])
      await expect(openTunnel(place, target, used)).rejects.toMatchObject({ code: 'proxy.refused-connect' });
    expect(seen.logins).toHaveLength(2);
  });

  test('to answer has its connection closed when the caller gives up', async () => {
    const { place, seen } = await proxy({ reply: null });
    const ending = new AbortController();
    const patient = { ...tools().tools, connectTimeoutMs: 20_000, signal: ending.signal };
    const asked = openTunnel(place, target, patient);
    await expect.poll(() => seen.asked).toHaveLength(1);
    ending.abort(new Error('enough'));
    await Promise.all([
      expect(asked).rejects.toThrow('enough'),
      expect.poll(() => seen.closed, { timeout: 60_000 }).toBe(1),
    ]);
  });
});
