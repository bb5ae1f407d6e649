import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { socketPlace } from '../../electron/transport/socket-place.ts';
import { proofOf } from '../../electron/transport/token.ts';
import { tempDirectory } from '../make/directory.ts';

/** Sits at the socket where the agent of a data directory should be, and says what it is told to. */
export interface Impostor {
  directory: string;
  /** To who asks for a proof; `PROOF` in it becomes the right one. Null: nothing, for ever. In pieces, one after the other. */
  hello: readonly Buffer[] | null;
  /** To every call. */
  answer: readonly Buffer[];
  close(): Promise<void>;
}

/** `body` as a whole answer over HTTP. */
export function jsonAnswer(body: string, head = '200 OK'): Buffer {
  const headers = [
    'Content-Type: application/json',
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`HTTP/1.1 ${head}\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
}

/** What the agent would say for a proof. `PROOF` is not as long as the proof, so no length is told. */
export const rightHello = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"program":"trustkeep","proof":"PROOF"}',
);

export async function startImpostor(): Promise<Impostor> {
  const temporary = tempDirectory('impostor');
  const { path, tokenPath } = socketPlace(temporary.path);
  const token = '0'.repeat(64);
  mkdirSync(join(temporary.path, 'run'), { mode: 0o700 });
  writeFileSync(tokenPath, token, { mode: 0o600 });
  const open = new Set<Socket>();
  const impostor: Impostor = {
    ...{ directory: temporary.path, hello: [rightHello], answer: [] },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      temporary.remove();
    },
  };
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    socket.once('data', (asked: Buffer) => {
      const nonce = /nonce=([0-9a-f]+)/.exec(asked.toString('latin1'))?.[1];
      void say(socket, nonce === undefined ? impostor.answer : proved(impostor.hello, proofOf(token, nonce)));
    });
  });
  await new Promise<void>((resolve) => server.listen(path, () => resolve()));
  return impostor;
}

function proved(hello: readonly Buffer[] | null, proof: string): Buffer[] | null {
  return (
    hello?.map((piece) => Buffer.from(piece.toString('latin1').replace('PROOF', proof), 'latin1')) ?? null
  );
}

async function say(socket: Socket, pieces: readonly Buffer[] | null): Promise<void> {
  if (pieces === null) return;
  for (const piece of pieces) {
    if (!socket.writable) return;
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
}
