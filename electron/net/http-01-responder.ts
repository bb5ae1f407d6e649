import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Log } from '#kit/log.ts';
import { OwnPlaces } from './own-places.ts';
import { type Answers, SharedListeners } from './shared-listeners.ts';

export interface Http01Responder {
  /**
   * Answers `body` at `path` on (address, port) until the returned function is called (idempotent). Listeners are
   * shared and live as long as somebody needs them. Rejects with `responder.port-taken`, `responder.denied`,
   * `responder.address-unknown`. Safe concurrently.
   */
  serve(input: { address: string; port: number; path: string; body: string }): Promise<() => Promise<void>>;
}

/** A CA asks for one tiny file: whoever takes longer than this is not a CA. */
const requestTimeoutMs = 10_000;

export function makeHttp01Responder(options: { log: Log; places?: OwnPlaces }): Http01Responder {
  const log = options.log.in('http-01');
  const listeners = new SharedListeners<string>({
    make: (answers) =>
      createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
        const found = answer(answers, request, response);
        log.debug(`${request.method} ${request.url}`, { from: request.socket.remoteAddress, found });
      }),
    caPort: 80,
    instead: 'Use validation through the web root of that program',
    places: options.places ?? new OwnPlaces(),
    ...{ challenge: 'http-01', setting: 'responder_port' },
  });
  return { serve: ({ path, body, ...at }) => listeners.serve(at, path, body) };
}

function answer(answers: Answers<string>, request: IncomingMessage, response: ServerResponse): boolean {
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
