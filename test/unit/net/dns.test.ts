import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { makeDns } from '../../../electron/net/dns.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A server that answers each question with a code (RFC 1035 4.1.1) and no record; null: it answers nothing. */
async function serverThat(code: number | null): Promise<{ port: number; asked: Promise<unknown> }> {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.on('message', (question, from) => {
    if (code === null) return;
    const answer = Buffer.from(question);
    answer.writeUInt16BE(0x8400 | code, 2);
    socket.send(answer, from.port, from.address);
  });
  const asked = once(socket, 'message');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, asked };
}

test.each([
  ['no record of the kind', 0, { answered: true, values: [] }],
  ['no such name', 3, { answered: true, values: [] }],
  ['that it has a failure', 2, { answered: false, because: 'reported a failure of its own' }],
  ['that it refuses', 5, { answered: false, because: 'refused to answer' }],
])('a server that answers %s', async (_what, code, expected) => {
  const { port } = await serverThat(code);
  const { signal } = new AbortController();
  expect(await makeDns({ port }).ask('TXT', 'a.example', '127.0.0.1', signal)).toEqual(expected);
});

test('asking ends when it is called off, with the reason', async () => {
  const { port, asked } = await serverThat(null);
  const ending = new AbortController();
  const answer = makeDns({ port }).ask('TXT', 'a.example', '127.0.0.1', ending.signal);
  await asked;
  ending.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
});
