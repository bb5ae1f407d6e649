import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';

export interface Http01Responder {
  /**
   * Answers `body` at `path` on (address, port) until the returned function is called (idempotent). Listeners are
   * shared and live as long as somebody needs them. Rejects with `responder.port-taken`, `responder.denied`,
   * `responder.address-unknown`. Safe concurrently.
   */
  serve(input: { address: string; port: number; path: string; body: string }): Promise<() => Promise<void>>;
}

/** What one listener answers: path → bodies, the newest first in charge (two orders may share a token). */
interface Listener {
  server: Server;
  ready: Promise<void>;
  answers: Map<string, string[]>;
  users: number;
}

/** A CA asks for one tiny file: whoever takes longer than this is not a CA. */
const requestTimeoutMs = 10_000;

export function makeHttp01Responder(options: { clock: Clock; log: Log }): Http01Responder {
  const log = options.log.in('http-01');
  const listeners = new Map<string, Listener>();

  function open(place: string, address: string, port: number): Listener {
    const answers = new Map<string, string[]>();
    const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
      const found = answer(answers, request, response);
      log.debug(`${request.method} ${request.url}`, { from: request.socket.remoteAddress, found });
    });
    const ready = new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenFailure(error, address, port)));
      server.listen({ host: address, port }, () => resolve());
    });
    const listener: Listener = { server, ready, answers, users: 0 };
    listeners.set(place, listener);
    return listener;
  }

  return {
    async serve({ address, port, path, body }) {
      const place = `${address}|${port}`;
      const listener = listeners.get(place) ?? open(place, address, port);
      listener.users++;
      try {
        await listener.ready;
      } catch (error) {
        if (listeners.get(place) === listener) listeners.delete(place);
        throw error;
      }
      listener.answers.set(path, [body, ...(listener.answers.get(path) ?? [])]);
      let serving = true;
      return async () => {
        if (!serving) return;
        serving = false;
        forget(listener.answers, path, body);
        listener.users--;
        if (listener.users > 0) return;
        if (listeners.get(place) === listener) listeners.delete(place);
        await closed(listener.server);
      };
    },
  };
}

function answer(
  answers: ReadonlyMap<string, string[]>,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const body = reading ? answers.get(request.url ?? '')?.[0] : undefined;
  response.setHeader('connection', 'close');
  if (body === undefined) {
    response.writeHead(reading ? 404 : 405, reading ? {} : { allow: 'GET, HEAD' }).end();
    return false;
  }
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
  return true;
}

function forget(answers: Map<string, string[]>, path: string, body: string): void {
  const bodies = answers.get(path) ?? [];
  const index = bodies.indexOf(body);
  const rest = bodies.filter((_, at) => at !== index);
  if (rest.length === 0) answers.delete(path);
  else answers.set(path, rest);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function listenFailure(error: NodeJS.ErrnoException, address: string, port: number): Failure {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Failure(
        'responder.port-taken',
        `Port ${port} of ${address} is in use by another program, so the CA's challenge cannot be answered there.`,
        {
          hint: 'Use validation through the web root of that program, stop the program, or forward port 80 to another responder port and set that one.',
          cause: error,
        },
      );
    case 'EACCES':
      return new Failure(
        'responder.denied',
        `Trustkeep is not allowed to listen on port ${port} of ${address}.`,
        {
          hint: 'Ports below 1024 need CAP_NET_BIND_SERVICE on Linux (or run Trustkeep as a service). Or forward port 80 to a higher responder port and set that one.',
          cause: error,
        },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Failure(
        'responder.address-unknown',
        `This machine has no address ${address} to listen on.`,
        {
          hint: 'Set the responder address to an address of this machine, or to 0.0.0.0 for all.',
          cause: error,
        },
      );
    default:
      return new Failure(
        'responder.failed',
        `Port ${port} of ${address} could not be opened: ${error.message}`,
        { cause: error },
      );
  }
}
