import { createServer, connect as openSocket, type Socket } from 'node:net';

export interface TcpProxy {
  port: number;
  /** From now on (or after so many more bytes to the server) nothing is passed on; connections stay open. */
  hold(afterBytes?: number): void;
  /** Resolves when a `hold` has begun to hold something back. */
  held(): Promise<void>;
  /** Cuts every open connection. New ones are passed on again. */
  cut(): void;
  stop(): Promise<void>;
}

/** Stands between a client and a server on the loopback, to slow down or cut their conversation. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<Socket>();
  let allowance = Number.POSITIVE_INFINITY;
  let holding = Promise.withResolvers<void>();
  const server = createServer((inner) => {
    const outer = openSocket({ port: target, host: '127.0.0.1', noDelay: true });
    for (const socket of [inner, outer]) {
      pairs.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(socket);
        inner.destroy();
        outer.destroy();
      });
    }
    inner.on('data', (part: Buffer) => {
      outer.write(part.subarray(0, Math.min(part.length, allowance)));
      allowance -= part.length;
      if (allowance > 0) return;
      inner.pause();
      holding.resolve();
    });
    outer.pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  return {
    port: place !== null && typeof place === 'object' ? place.port : 0,
    hold(afterBytes = 0) {
      holding = Promise.withResolvers<void>();
      allowance = afterBytes;
    },
    held: () => holding.promise,
    cut() {
      allowance = Number.POSITIVE_INFINITY;
      for (const socket of pairs) socket.destroy();
    },
    stop() {
      for (const socket of pairs) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
