import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createORPCClient, type NestedClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '#shared/contract/index.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { fromLine } from './failures.ts';
import { checkOwner, socketPlace } from './socket-place.ts';
import { actorHeader, proofOf, readToken, sameText } from './token.ts';

/** The contract as a caller sees it. What goes wrong is turned into a Failure by `failureOf`. */
export type Client = ContractRouterClient<Contract>;

const helloTimeoutMs = 5_000;

/**
 * The agent that runs with this data directory; null when none answers there. Rejects with `socket.foreign` when
 * something answers that is not it.
 */
export async function connectLocally(dataDirectory: string, actor: string | null): Promise<Client | null> {
  const place = socketPlace(dataDirectory);
  const token = readToken(place.tokenPath);
  if (token === null) return null;
  try {
    if (place.directory !== null) checkOwner(place.path, 'socket');
    await provedByHello(place.path, token);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET') return null;
    throw error;
  }
  const headers = {
    authorization: `Bearer ${token}`,
    ...(actor === null ? {} : { [actorHeader]: encodeURIComponent(actor) }),
  };
  const link = new RPCLink({
    url: 'http://trustkeep/rpc',
    headers,
    fetch: (request) => overSocket(place.path, request),
  });
  return createORPCClient<NestedClient<Record<never, never>>>(link) as Client;
}

/** Whatever a call threw, as the Failure the agent meant; a broken line is `agent.unreachable`. */
export function failureOf(thrown: unknown): Failure {
  const meant = fromLine(thrown);
  if (meant !== null) return meant;
  const { code } = (thrown ?? {}) as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'ENOENT' || code === 'EPIPE') {
    return new Failure('agent.unreachable', 'The agent stopped answering.', {
      hint: 'Check whether it is still running: trustkeep status',
      cause: thrown,
    });
  }
  return asFailure(thrown);
}

async function provedByHello(path: string, token: string): Promise<void> {
  const nonce = randomBytes(16).toString('hex');
  const signal = AbortSignal.timeout(helloTimeoutMs);
  const answer = await overSocket(path, new Request(`http://trustkeep/hello?nonce=${nonce}`, { signal }));
  const said: unknown = await answer.json().catch(() => null);
  const proof = typeof said === 'object' && said !== null ? Reflect.get(said, 'proof') : null;
  if (typeof proof === 'string' && sameText(proof, proofOf(token, nonce))) return;
  throw new Failure('socket.foreign', `What answers at ${path} is not the agent of this data directory.`, {
    hint: 'Nothing was sent to it. Find out which program owns that socket.',
  });
}

/** `fetch` over a socket: Node's own fetch cannot, and a whole HTTP library is slow to load for it. */
async function overSocket(socketPath: string, request: Request): Promise<Response> {
  const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
  const url = new URL(request.url);
  return new Promise((resolve, reject) => {
    const call = httpRequest({
      socketPath,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...Object.fromEntries(request.headers), ...(body ? { 'content-length': body.length } : {}) },
      signal: request.signal,
      agent: false,
    });
    call.on('error', reject);
    call.on('response', (response) => resolve(asResponse(response)));
    call.end(body ?? undefined);
  });
}

function asResponse(response: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const status = response.statusCode ?? 500;
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : (Readable.toWeb(response) as ReadableStream), { status, headers });
}
