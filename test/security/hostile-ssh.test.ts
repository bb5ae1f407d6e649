/**
 * The attack: the SSH server at the other end is a program written to hurt. It greets without end, says nothing after the
 * log-in, prints for ever, or ends every program in ways that no program ends.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket, type Server as TcpServer } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { afterEach, describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { connectTools } from '#test/make/connection.ts';
import type { ConnectTools } from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import { Secret } from '../../electron/secrets/secret.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const hostKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;

type OnExec = (accept: () => ServerChannel, command: string) => void;

function sshServer(onExec: OnExec, more: { banner?: string } = {}): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [hostKey], ...more }, (client: Connection) => {
    client.on('error', () => {});
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, info) => onExec(acceptExec, info.command));
    });
  });
  return listening(server as unknown as TcpServer);
}

function tcpServer(onConnect: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  return listening(
    createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      onConnect(socket);
    }),
  );
}

function listening(server: TcpServer): Promise<number> {
  stops.push(() => server.close());
  return new Promise((done) =>
    server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)),
  );
}

function logIn(port: number, more: Partial<ConnectTools> = {}) {
  const settings = {
    ...{ type: 'ssh' as const, host: '127.0.0.1', port, user: 'root', auth: 'password' as const },
    ...{ hostKey: null, store: null, storeCredentialId: null },
  };
  return connect(settings, { password: Secret.of('Pa55-for-the-hostile') }, { ...connectTools, ...more });
}

/** What connecting failed with, within the time; the memory it took is bounded. */
async function refusal(port: number, ms: number, more: Partial<ConnectTools> = {}) {
  const begun = performance.now();
  const before = process.memoryUsage().rss;
  const failure = await logIn(port, more).then(
    async (connection) => {
      await connection.close();
      throw new Error('it was let in');
    },
    (thrown: unknown) => asFailure(thrown),
  );
  expect(performance.now() - begun).toBeLessThan(ms);
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  expect(failure.code).toMatch(/^(ssh|connection)\./);
  expect(JSON.stringify(failure.toData()).length).toBeLessThan(5_000);
  expect(JSON.stringify(failure.toData())).not.toContain('Pa55');
  return failure;
}

function forever(socket: Socket, part: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(part));
    socket.once('drain', more);
  };
  more();
}

describe('a hostile SSH server', () => {
  test('that greets with bytes without end is left', { timeout: 60_000 }, async () => {
    const port = await tcpServer((socket) => forever(socket, Buffer.alloc(65_536, 0x41)));
    await refusal(port, 45_000);
  });

  test('that sends lines without end before its name is left', { timeout: 60_000 }, async () => {
    const port = await tcpServer((socket) => forever(socket, Buffer.from('hello\r\n'.repeat(8_000))));
    await refusal(port, 45_000);
  });

  test('that says nothing is left after its time', async () => {
    const clock = new JumpingClock();
    const port = await tcpServer(() => clock.jump(30_000));
    const failure = await refusal(port, 45_000, { clock });
    expect(failure.code).toBe('connection.timeout');
  });

  test('that answers with garbage is left at once', async () => {
    const port = await tcpServer((socket) => socket.end(`SSH-2.0-x\r\n${'\u00ff'.repeat(50_000)}`));
    await refusal(port, 10_000);
  });

  test('with a banner of a megabyte that moves cursors is only a server that gives no shell', async () => {
    const port = await sshServer((accept) => accept().exit(1), { banner: '\u001b[2J'.repeat(50_000) });
    const failure = await refusal(port, 20_000);
    expect(JSON.stringify(failure.toData())).not.toContain('\\u001b');
  });

  test.each<[string, OnExec]>([
    ['hangs up the channel without an exit status', (accept) => accept().end()],
    [
      'ends with a signal nobody knows',
      (accept) => {
        const channel = accept();
        channel.exit('NONSENSE' as never, true, '\u001b[2J');
        channel.end();
      },
    ],
    [
      'prints a marker of its own and lies about the host',
      (accept, command) => {
        const channel = accept();
        const marker = /trustkeep-[0-9a-f]{16}/.exec(command)?.[0] ?? '';
        channel.write(`${marker}\nuid=0\nos=Linux\nstat=gnu\nsum=sha256sum\nsudo=/tmp/evil\nsudoer=free`);
        channel.exit(0);
        channel.end();
      },
    ],
  ])('that %s is told apart from one that works', async (_what, onExec) => {
    await refusal(await sshServer(onExec), 20_000);
  });

  test('that prints for ever is cut off and takes no more memory than is kept', {
    timeout: 90_000,
  }, async () => {
    const port = await sshServer((accept) => {
      const channel = accept();
      channel.on('error', () => {});
      const part = Buffer.alloc(32_768, 0x0a);
      const more = (): void => {
        while (channel.writable && channel.write(part));
        channel.once('drain', more);
      };
      more();
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 5_000);
    const before = process.memoryUsage().rss;
    await expect(logIn(port, { signal: stop.signal })).rejects.toThrow();
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 1024 * 1024);
  });
});
