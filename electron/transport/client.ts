import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createORPCClient, type NestedClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { sharedDirectory } from '#kit/paths.ts';
import type { Contract } from '#shared/contract/index.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { fromLine } from './failures.ts';
import { checkOwner, type SocketPlace, sharedPlace, socketPlace } from './socket-place.ts';
import { actorHeader, originHeader, proofOf, readToken, sameText } from './token.ts';

/** The contract as a caller sees it. What goes wrong is turned into a Failure by `failureOf`. */
export type Client = ContractRouterClient<Contract>;

const helloTimeoutMs = 5_000;
/** The agent's own has about a hundred bytes. */
const longestHello = 4096;

/**
 * The agent that runs with this data directory; null when none answers there. Rejects with `socket.foreign` when
 * something answers that is not it, and with `agent.unreachable` when nothing is said for five seconds. A call rejects with
 * what the agent says, or with `agent.not-understood`.
 */
export async function connectLocally(
  dataDirectory: string,
  actor: string | null,
  origin: 'cli' | 'gui' = 'cli',
): Promise<Client | null> {
  // root may call the agent of another account, whose socket is its own like all of its data
  const allowed = () => ({ forRoot: lstatSync(dataDirectory).uid });
  return connectAt(socketPlace(dataDirectory), allowed, { actor, origin });
}

/**
 * The service of this machine, where the operating system lets this account call it: as a member of its group, as the
 * account it runs as, as an administrator. Null when none runs; rejects with `agent.denied` when this account may not.
 */
export async function connectToService(
  systemDirectory: string,
  actor: string | null,
  origin: 'cli' | 'gui' = 'cli',
): Promise<Client | null> {
  const allowed = () => ({ forAll: lstatSync(sharedDirectory).uid });
  try {
    const shared = sharedPlace(sharedDirectory);
    const byGroup = process.platform === 'linux' ? await connectAt(shared, allowed, { actor, origin }) : null;
    if (byGroup !== null) return byGroup;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'agent.denied') throw error;
  }
  return connectLocally(systemDirectory, actor, origin);
}

/** `allowed`: whose the socket may be besides this account's and root's. */
async function connectAt(
  place: SocketPlace,
  allowed: () => Parameters<typeof checkOwner>[2],
  { actor, origin }: { actor: string | null; origin: 'cli' | 'gui' },
): Promise<Client | null> {
  const token = readToken(place.tokenPath);
  if (token === null) return null;
  try {
    if (place.directory !== null) checkOwner(place.path, 'socket', allowed());
    await provedByHello(place.path, token);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
  const headers = {
    authorization: `Bearer ${token}`,
    [originHeader]: origin,
    ...(actor === null ? {} : { [actorHeader]: encodeURIComponent(actor) }),
  };
  const link = new RPCLink({
    url: 'http://trustkeep/rpc',
    headers,
    fetch: (request) => overSocket(place.path, request),
    interceptors: [({ next }) => next().catch((thrown: unknown) => Promise.reject(understood(thrown)))],
  });
  return createORPCClient<NestedClient<Record<never, never>>>(link) as Client;
}

/** Whatever a call threw, as the Failure the agent meant; a broken line is `agent.unreachable`. */
export function failureOf(thrown: unknown): Failure {
  const meant = fromLine(thrown);
  if (meant !== null) return meant;
  if (!isGone(thrown)) return asFailure(thrown);
  return new Failure('agent.unreachable', 'The agent stopped answering.', {
    hint: 'Check whether it is still running: trustkeep status',
    cause: thrown,
  });
}

/** Nobody listens at the socket, or the connection has ended. */
function isGone(thrown: unknown): boolean {
  const { code } = (thrown ?? {}) as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'ENOENT' || code === 'EPIPE';
}

/** Of a call: what is no answer of the contract was said by an agent with another one. */
function understood(thrown: unknown): unknown {
  const given = thrown instanceof Error && thrown.name === 'AbortError';
  if (given || isGone(thrown) || fromLine(thrown) !== null) return thrown;
  return new Failure('agent.not-understood', 'The answer of the agent could not be understood.', {
    hint: 'The agent may be of another version than this program. Stop it with "trustkeep stop" and start it again.',
    cause: thrown,
  });
}

async function provedByHello(path: string, token: string): Promise<void> {
  const nonce = randomBytes(16).toString('hex');
  const said = await helloOf(path, nonce);
  const proof = typeof said === 'object' && said !== null ? Reflect.get(said, 'proof') : null;
  if (typeof proof === 'string' && sameText(proof, proofOf(token, nonce))) return;
  throw new Failure('socket.foreign', `What answers at ${path} is not the agent of this data directory.`, {
    hint: 'Nothing was sent to it. Find out which program owns that socket.',
  });
}

/** What was answered, which anyone may have written; null: nothing that can be read. */
async function helloOf(path: string, nonce: string): Promise<unknown> {
  const signal = AbortSignal.timeout(helloTimeoutMs);
  try {
    const answer = await overSocket(path, new Request(`http://trustkeep/hello?nonce=${nonce}`, { signal }));
    return JSON.parse(await startOf(answer));
  } catch (thrown) {
    if (isGone(thrown)) throw thrown;
    if (!signal.aborted) return null;
    throw new Failure('agent.unreachable', `The agent did not answer within ${helloTimeoutMs / 1000} s.`, {
      hint: 'It may be busy. Try again.',
      cause: thrown,
    });
  }
}

/** Nothing, when there is more than an agent says. */
async function startOf(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.length;
    if (size > longestHello) return '';
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
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
    call.on('response', (response) => {
      try {
        resolve(asResponse(response));
      } catch (thrown) {
        response.destroy(); // a status or a header that is none
        reject(thrown);
      }
    });
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
