import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { piecesOf } from './break-frames.ts';

/** Says the same to whoever connects. */
export interface Stranger {
  port: number;
  /** From now on, to each new connection. */
  says: Buffer;
  close(): Promise<void>;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Whoever connects and says something is told `says` in pieces, then hung up on; `first`: without being said anything. */
export function openStranger(first = false): Promise<Stranger> {
  const stranger = { port: 0, says: Buffer.alloc(0) };
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    const speak = () => void sayTo(socket, stranger.says);
    if (first) speak();
    else socket.once('data', speak);
    socket.resume();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      stranger.port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve(Object.assign(stranger, { close: () => closed(server, open) }));
    });
  });
}

function closed(server: ReturnType<typeof createServer>, open: ReadonlySet<Socket>): Promise<void> {
  for (const one of open) one.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function sayTo(socket: Socket, bytes: Buffer): Promise<void> {
  for (const piece of piecesOf(bytes)) {
    if (!socket.writable) return;
    socket.write(piece);
    await nextTurn();
  }
  socket.end();
}

/** So long an answer is waited for before the end of the line is said; every second input says it without waiting. */
const patienceMs = 30;
/** Longer, and nobody reads what was sent. */
const longestMs = 15_000;

/**
 * Sends `bytes` in pieces to a server and gives what it answered by the end of the connection. Rejects when the server neither
 * answers nor ends it.
 */
export async function knock(place: NetConnectOpts, bytes: Buffer): Promise<Buffer> {
  const socket = connect(place);
  const parts: Buffer[] = [];
  const answered = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  socket.on('error', () => {});
  socket.on('close', () => over.resolve());
  socket.on('data', (part: Buffer) => {
    parts.push(part);
    answered.resolve();
  });
  const timer = setTimeout(() => over.reject(new Error('neither an answer nor an end')), longestMs);
  try {
    await sendAll(socket, bytes);
    if (bytes.length % 2 === 0) await Promise.race([answered.promise, over.promise, pause(patienceMs)]);
    socket.end();
    // a stream of events has no end of its own
    await Promise.race([over.promise, answered.promise.then(() => pause(patienceMs))]);
    return Buffer.concat(parts);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function sendAll(socket: Socket, bytes: Buffer): Promise<void> {
  for (const piece of piecesOf(bytes)) {
    if (!socket.writable) return;
    socket.write(piece);
    await nextTurn();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
