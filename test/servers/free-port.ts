import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Ports below those that systems give to outgoing connections and to servers that do not care (Linux: from 32768), in
 * blocks. Who holds a block listens at its first port: two test processes never get the same port, whatever lies
 * between asking for it and using it, and the block of a process that dies is free again.
 */
const first = 20_000;
const size = 128;
const blocks = 99;

let block: Promise<number> | null = null;
let given = 0;

/** A TCP port of the loopback that nobody listens on, and nobody else will. */
export async function freePort(): Promise<number> {
  block ??= claimBlock();
  const base = await block;
  for (let turn = 1; turn < size; turn++) {
    const port = base + 1 + (given++ % (size - 1));
    const server = await listenAt(port);
    if (server === null) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error(`every port from ${base} to ${base + size} is taken`);
}

async function claimBlock(): Promise<number> {
  const start = randomInt(blocks);
  for (let turn = 0; turn < blocks; turn++) {
    const base = first + ((start + turn) % blocks) * size;
    const server = await listenAt(base);
    if (server === null) continue;
    server.unref();
    return base;
  }
  throw new Error('every block of ports is taken');
}

/** Null: it is taken. */
function listenAt(port: number): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
