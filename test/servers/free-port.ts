import { createServer } from 'node:net';

/** A TCP port of the loopback that nobody listens on right now. */
export function freePort(address = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address, () => {
      const place = server.address();
      server.close(() => {
        if (place === null || typeof place === 'string') reject(new Error('no port was given'));
        else resolve(place.port);
      });
    });
  });
}
