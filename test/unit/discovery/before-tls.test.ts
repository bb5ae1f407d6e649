import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { BeforeTls } from '#shared/model/node.ts';
import { freePort } from '#test/servers/free-port.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';

const open: { server: Server; sockets: Set<Socket> }[] = [];

/** Sends the answers one after the other, the first as a greeting, and keeps what it was told. */
async function listen(...answers: string[]) {
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const left = [...answers];
    socket.write(left.shift() ?? '');
    socket.on('data', (part) => {
      heard.push(part.toString('latin1'));
      const answer = left.shift();
      if (answer !== undefined) socket.write(answer);
    });
  });
  open.push({ server, sockets });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, heard };
}

afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

const ask = (port: number, before: BeforeTls, timeoutMs = 5000) =>
  probeTls({ address: '127.0.0.1', port, serverName: null, timeoutMs, ...before });

describe('what goes before TLS', () => {
  it.each<[BeforeTls['startTls'], string[], string]>([
    ['imap', ['* OK ready\r\n', '* CAPABILITY IMAP4\r\na NO not today\r\n'], 'a NO not today'],
    ['pop3', ['-ERR busy\r\n'], '-ERR busy'],
    ['smtp', ['220-hello\r\n220 mail\r\n', '250-mail\r\n250 HELP\r\n', '454 no TLS\r\n'], '454 no TLS'],
    ['smtp', ['554 no service\r\n'], '554 no service'],
    ['imap', ['HTTP/1.1 400 Bad Request\r\n'], 'HTTP/1.1 400 Bad Request'],
  ])('is refused in words that are carried: %s %j', async (startTls, answers, said) => {
    const { port } = await listen(...answers);
    expect(await ask(port, { startTls })).toMatchObject({
      ...{ kind: 'no-answer', code: 'not-tls' },
      sentence: `The service at 127.0.0.1:${port} did not begin TLS. It answered: ${said}`,
    });
  });

  it('is waited for only as long as the whole look may take', async () => {
    const { port } = await listen('* OK');
    expect(await ask(port, { startTls: 'imap' }, 50)).toMatchObject({ kind: 'no-answer', code: 'timeout' });
  });

  it('ends when the greeting never does', async () => {
    const { port } = await listen('x'.repeat(100_000));
    const answer = await ask(port, { startTls: 'pop3' });
    expect(answer).toMatchObject({ kind: 'no-answer', code: 'not-tls' });
    expect(answer.kind === 'no-answer' && answer.sentence.length).toBeLessThan(250);
  });

  it('begins with the PROXY header, also before a greeting', async () => {
    const { port, heard } = await listen('', '* OK ready\r\n', 'a NO\r\n');
    await ask(port, { proxyProtocol: true, startTls: 'imap' });
    expect(heard).toEqual(['PROXY UNKNOWN\r\n', 'a STARTTLS\r\n']);
  });

  it('is an answer too where nothing listens, or the address is none', async () => {
    const port = await freePort();
    expect(await ask(port, { proxyProtocol: true })).toMatchObject({ kind: 'no-answer', code: 'refused' });
    expect(await ask(70_000, { proxyProtocol: true })).toMatchObject({ kind: 'no-answer' });
  });
});
