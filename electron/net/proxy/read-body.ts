import { type AnswerHead, type AnswerReader, BadAnswer, headerValues, TooLong } from './read-answer.ts';

type BodyLength = { kind: 'none' } | { kind: 'known'; bytes: number } | { kind: 'chunked' | 'to-end' };

/** How long the body of an answer is, as its head says (RFC 9112 6.3). */
export function bodyLength(head: AnswerHead, method: string): BodyLength {
  if (method === 'HEAD' || head.status === 204 || head.status === 304) return { kind: 'none' };
  const encodings = headerValues(head, 'transfer-encoding').join(',').toLowerCase();
  const lengths = new Set(
    headerValues(head, 'content-length').flatMap((value) => value.split(',').map((one) => one.trim())),
  );
  if (encodings !== '') {
    if (encodings.trim() === 'chunked') return { kind: 'chunked' };
    throw new BadAnswer(`the transfer encoding "${encodings.slice(0, 40)}"`);
  }
  if (lengths.size === 0) return { kind: 'to-end' };
  const [length = ''] = lengths;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw new BadAnswer('contradictory lengths');
  return { kind: 'known', bytes: Number(length) };
}

/** The whole body; throws `TooLong` when it has more than `limit` bytes. */
export async function readBody(reader: AnswerReader, length: BodyLength, limit: number): Promise<Buffer> {
  switch (length.kind) {
    case 'none':
      return Buffer.alloc(0);
    case 'known':
      if (length.bytes > limit) throw new TooLong();
      return reader.bytes(length.bytes);
    case 'chunked':
      return await readChunks(reader, limit);
    case 'to-end':
      return reader.toEnd(limit);
  }
}

/** An honest body of the usual limit has no more, even line by line; each costs far more time than its bytes. */
const mostChunks = 65_536;

async function readChunks(reader: AnswerReader, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let size = 0; ; ) {
    const [, digits] = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(await reader.line(4096)) ?? [];
    if (digits === undefined) throw new BadAnswer('a malformed chunk');
    const bytes = Number.parseInt(digits, 16);
    if (bytes === 0) break;
    size += bytes;
    if (size > limit) throw new TooLong();
    if (parts.length === mostChunks) throw new BadAnswer('a body in too many pieces');
    parts.push(await reader.bytes(bytes));
    if ((await reader.line(2)) !== '') throw new BadAnswer('a malformed chunk');
  }
  for (let trailers = 0; (await reader.line(8192)) !== ''; trailers++)
    if (trailers > 50) throw new BadAnswer('trailers without end');
  return Buffer.concat(parts);
}

/** May the connection carry another request after this answer? */
export function staysOpen(head: AnswerHead, length: BodyLength): boolean {
  if (length.kind === 'to-end') return false; // only the end of the connection would end it
  const words = [...headerValues(head, 'connection'), ...headerValues(head, 'proxy-connection')]
    .join(',')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  if (words.includes('close')) return false;
  return head.version === 'HTTP/1.1' || words.includes('keep-alive');
}
