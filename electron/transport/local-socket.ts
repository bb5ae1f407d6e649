import { chmodSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { CallContext } from './context.ts';
import type { AppRouter } from './port.ts';
import { checkOwner, ownDirectory, type SocketPlace, sharedPlace, socketPlace } from './socket-place.ts';
import { actorHeader, makeToken, originHeader, proofOf, sameText } from './token.ts';

export interface LocalSocket {
  readonly path: string;
  /** Ends open calls and removes the socket. Idempotent. */
  close(): Promise<void>;
}

const biggestBody = 1024 * 1024;

/**
 * Serves the contract on a socket (named pipe on Windows) that only the owner of the data directory can use.
 * Rejects with `agent.already-running` when another agent answers there; a socket nobody answers at is removed.
 */
export async function listenLocally(
  router: AppRouter,
  dataDirectory: string,
  log: Log,
): Promise<LocalSocket> {
  const place = socketPlace(dataDirectory);
  if (place.directory !== null) ownDirectory(place.directory);
  return listenIn({ place, of: dataDirectory, ownerOnly: true }, router, log);
}

/**
 * The same on a socket that the group of `directory` can use too. The directory must be there: who makes it (systemd, by
 * `RuntimeDirectory=`) says which group that is, and who else can enter. Rejects with `socket.unusable` where others can.
 */
export async function listenForGroup(router: AppRouter, directory: string, log: Log): Promise<LocalSocket> {
  const place = sharedPlace(directory);
  checkOwner(directory, 'directory');
  if ((statSync(directory).mode & 0o027) !== 0)
    throw new Failure(
      'socket.unusable',
      `${directory} can be entered by every account, or changed by its group.`,
      {
        hint: 'Give it mode 750.',
      },
    );
  return listenIn({ place, of: directory, ownerOnly: false }, router, log);
}

async function listenIn(
  { place, of, ownerOnly }: { place: SocketPlace; of: string; ownerOnly: boolean },
  router: AppRouter,
  log: Log,
): Promise<LocalSocket> {
  await clearStale(place, of);
  const token = makeToken(place.tokenPath, ownerOnly ? 0o600 : 0o640);
  const handler = new RPCHandler<CallContext>(router, {
    plugins: [new BodyLimitPlugin({ maxBodySize: biggestBody })],
  });
  const server = createServer((request, response) => {
    serve(handler, token, request, response).catch((error: unknown) => {
      log.warn('a call could not be answered', { error });
      response.destroy();
    });
  });
  server.keepAliveTimeout = 1_000;
  await listenAt(server, place, ownerOnly ? 0o600 : 0o660);
  let closing: Promise<void> | null = null;
  return {
    path: place.path,
    close: () => {
      closing ??= new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

async function serve(
  handler: RPCHandler<CallContext>,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const nonce = /^\/hello\?nonce=([0-9a-f]{16,128})$/.exec(request.url ?? '')?.[1];
  if (nonce !== undefined) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ program: 'trustkeep', proof: proofOf(token, nonce) }));
    return;
  }
  if (!sameText(request.headers.authorization ?? '', `Bearer ${token}`)) {
    response.writeHead(401).end();
    return;
  }
  const actor = request.headers[actorHeader];
  const origin = request.headers[originHeader] === 'gui' ? ('gui' as const) : ('cli' as const);
  const caller = { origin, actor: typeof actor === 'string' ? decodeActor(actor) : null };
  const { matched } = await handler.handle(request, response, { prefix: '/rpc', context: { caller } });
  if (!matched) response.writeHead(404).end();
}

/** The caller's own word, but only the owner can call: it tells apart who became the owner by sudo. */
function decodeActor(header: string): string | null {
  try {
    return decodeURIComponent(header)
      .replace(/\p{Cc}/gu, '')
      .slice(0, 128);
  } catch {
    return null;
  }
}

/** Bound with a mask, so that there is no moment in which others could connect. */
function listenAt(server: Server, place: SocketPlace, mode: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      fail(error.code === 'EADDRINUSE' ? alreadyRunning(place.path) : cannotListen(place.path, error));
    });
    const mask = place.directory === null ? null : process.umask(0o177);
    try {
      server.listen(place.path, () => {
        if (place.directory !== null) chmodSync(place.path, mode);
        done();
      });
    } finally {
      if (mask !== null) process.umask(mask);
    }
  });
}

async function clearStale(place: SocketPlace, of: string): Promise<void> {
  if (place.directory === null) return; // a pipe goes with its process
  const before = statSync(place.path, { throwIfNoEntry: false });
  if (before === undefined) return;
  checkOwner(place.path, 'socket');
  if (await answers(place.path)) throw alreadyRunning(of);
  const now = statSync(place.path, { throwIfNoEntry: false });
  if (now?.ino === before.ino) rmSync(place.path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect({ path, timeout: 2_000 });
    probe.once('timeout', () => {
      probe.destroy();
      done(true); // somebody holds it, even if too busy to say so
    });
    probe.once('connect', () => {
      probe.destroy();
      done(true);
    });
    probe.once('error', () => done(false));
  });
}

function alreadyRunning(where: string): Failure {
  return new Failure('agent.already-running', `Another agent is already running with ${where}.`, {
    hint: 'Use that one, stop it with "trustkeep stop", or use another data directory.',
  });
}

function cannotListen(path: string, error: NodeJS.ErrnoException): Failure {
  return new Failure('socket.unusable', `The local socket ${path} cannot be opened: ${error.message}.`, {
    cause: error,
  });
}
