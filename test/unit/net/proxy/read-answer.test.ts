import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { AnswerReader, BadAnswer, Dropped, TooLong } from '../../../../electron/net/proxy/read-answer.ts';
import { bodyLength, readBody, staysOpen } from '../../../../electron/net/proxy/read-body.ts';

/** A reader over these parts, which come one after the other; then the end. */
function reading(...parts: string[]): { reader: AnswerReader; stream: PassThrough } {
  const stream = new PassThrough();
  const reader = new AnswerReader(stream as unknown as Socket);
  const feed = async () => {
    for (const part of parts) {
      stream.write(Buffer.from(part, 'latin1'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    stream.end();
  };
  feed().catch(() => {});
  return { reader, stream };
}

async function whole(...parts: string[]): Promise<string> {
  const { reader } = reading(...parts);
  const head = await reader.head();
  const length = bodyLength(head, 'GET');
  const body = await readBody(reader, length, 1000);
  return `${head.status} ${body} ${staysOpen(head, length) ? 'open' : 'closed'}`;
}

const chunked =
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 407 Who?\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n';

describe('answers off a raw connection', () => {
  test('are read wherever the network cuts them', async () => {
    for (let at = 1; at < chunked.length; at++)
      expect(await whole(chunked.slice(0, at), chunked.slice(at))).toBe('407 abc0123456789 open');
    expect(await whole(...chunked)).toBe('407 abc0123456789 open');
  });

  test.each([
    ['HTTP/1.1 200 ok\r\nContent-Length: 2\r\n\r\nab', '200 ab open'],
    ['HTTP/1.0 200 ok\nContent-Length: 2, 2\n\nab', '200 ab closed'],
    ['HTTP/1.0 200 ok\r\nProxy-Connection: Keep-Alive\r\nContent-Length: 0\r\n\r\n', '200  open'],
    ['HTTP/1.1 200\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n', '200  closed'],
    ['HTTP/1.1 200 ok\r\n\r\nto the end', '200 to the end closed'],
    ['HTTP/1.1 304 ok\r\nContent-Length: 9\r\n\r\n', '304  open'],
  ])('%j', async (text, expected) => {
    expect(await whole(text)).toBe(expected);
  });

  test.each<[string, new (...values: never[]) => Error]>([
    ['nonsense\r\n\r\n', BadAnswer],
    ['HTTP/1.1 99 no\r\n\r\n', BadAnswer],
    ['HTTP/2 200\r\n\r\n', BadAnswer],
    ['HTTP/1.1 200 ok\r\nno colon\r\n\r\n', BadAnswer],
    ['HTTP/1.1 200 ok\r\na: \0\r\n\r\n', BadAnswer],
    ['HTTP/1.1 200 ok\r\nContent-Length: -1\r\n\r\n', BadAnswer],
    ['HTTP/1.1 200 ok\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', BadAnswer],
    ['HTTP/1.1 200 ok\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', BadAnswer],
    ['HTTP/1.1 200 ok\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n', BadAnswer],
    ['HTTP/1.1 100 x\r\n\r\n'.repeat(11), BadAnswer],
    ['HTTP/1.1 200 ok\r\nContent-Length: 1001\r\n\r\n', TooLong],
    ['HTTP/1.1 200 ok\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n', TooLong],
    [`HTTP/1.1 200 ok\r\n\r\n${'x'.repeat(1001)}`, TooLong],
    ['HTTP/1.1 200 ok\r\nContent-Length: 3\r\n\r\nab', Dropped],
    ['HTTP/1.1 200', Dropped],
    ['', Dropped],
  ])('%j is refused', async (text, kind) => {
    await expect(whole(text)).rejects.toBeInstanceOf(kind);
  });

  test('leave the connection as if nobody had read from it', async () => {
    const { reader, stream } = reading('HTTP/1.1 200 ok\r\n\r\nfirst ', 'second');
    await reader.head();
    expect(reader.release()).toBe(stream);
    let text = '';
    for await (const part of stream) text += String(part);
    expect(text).toBe('first second');
  });

  test('a connection with bytes that nobody asked for is spoiled', async () => {
    const { reader } = reading('HTTP/1.1 204 ok\r\n\r\nHTTP/1.1 200 smuggled\r\n\r\n');
    await reader.head();
    expect(reader.spoiled).toBe(true);
  });
});
