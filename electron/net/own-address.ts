import { createServer } from 'node:net';
import { Failure } from '#shared/failure.ts';

/** Throws `responder.address-unknown` unless this machine has the address: a port of its choice is opened there and closed. */
export async function mustBeOwnAddress(address: string): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address, port: 0 }, resolve);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' ? addressUnknown(address, error) : error;
  } finally {
    server.close();
  }
}

export function addressUnknown(address: string, cause: unknown): Failure {
  return new Failure('responder.address-unknown', `This machine has no address ${address} to listen on.`, {
    hint: 'Set an address of this machine, or 0.0.0.0 for all.',
    cause,
  });
}
