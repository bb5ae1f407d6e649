import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import send from 'undici/lib/api/api-request.js';
import { type Clock, loopTurn } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { abortable, type Ending, makeEnding } from './ending.ts';
import { codeOf, netFailure, type Peer, place, timedOut } from './failures.ts';
import type { HttpRequest, HttpResponse } from './http-request.ts';
import type { Outbound } from './outbound.ts';
import { forward } from './proxy/forward.ts';
import { type Way, wayName } from './proxy/route.ts';
import { type Reach, reachBy } from './reach.ts';
import { isUntrusted } from './tls-trust.ts';
import { worthAnother } from './worth-another.ts';

/** A request on its way. */
export interface Asked {
  input: HttpRequest;
  url: URL;
  peer: Peer;
  ending: Ending;
  clock: Clock;
  userAgent: string;
  /** When the request itself says nothing. */
  maxBytes: number;
}

/** The request has failed already: its sentence does not wait long for one fact more. */
const reachAgainMs = 3000;

/** Tries the ways that the setting names, one after the other. Rejects with Failure. */
export async function sendByRoute(asked: Asked, out: Outbound): Promise<HttpResponse> {
  for (let round = 0; ; round++) {
    const { ways } = await abortable(out.router.route(asked.url, asked.peer), asked.ending.signal);
    const failures: Failure[] = [];
    for (const way of ways) {
      try {
        const answer = await sendBy(way, asked, out);
        out.router.good(way);
        return answer;
      } catch (thrown) {
        if (asked.ending.signal.aborted || !(thrown instanceof Failure)) throw thrown;
        if (!worthAnother(way, thrown, isRepeatable(asked))) throw thrown;
        out.router.bad(way);
        failures.push(thrown);
      }
    }
    const changed = round === 0 && (await abortable(out.router.doubt(), asked.ending.signal));
    if (!changed) throw failures.length === 1 ? failures[0] : noWay(asked.peer, ways, failures);
  }
}

/** In a tunnel nothing is asked before the tunnel stands. */
function isRepeatable({ url, input }: Asked): boolean {
  return url.protocol === 'https:' || input.method === 'GET' || input.method === 'HEAD';
}

function noWay(peer: Peer, ways: readonly Way[], failures: readonly Failure[]): Failure {
  const each = failures.map(({ message }) => message).join(' ');
  return new Failure(
    'proxy.no-way',
    `None of the routes to ${peer.host}:${peer.port} works (${ways.map(wayName).join(', ')}). ${each}`,
    {
      hint: 'Check that one of these proxies is up, and that this is the PAC file for this network.',
      cause: failures.at(-1),
    },
  );
}

/** By this way and no other. Rejects with Failure, or with the reason when the caller's signal aborts. */
export async function sendBy(way: Way, asked: Asked, out: Outbound): Promise<HttpResponse> {
  try {
    if (way.kind === 'proxy' && asked.url.protocol === 'http:' && !way.place.socks5)
      return await sendForwarded(way, asked, out);
    return await sendDispatched(way, asked, out);
  } catch (thrown) {
    throw await explain(thrown, way, asked, out);
  }
}

async function sendDispatched(way: Way, asked: Asked, out: Outbound): Promise<HttpResponse> {
  const { input, url, peer, ending } = asked;
  const sent = send.call(out.dispatchers.for(input, way), {
    origin: url.origin,
    path: url.pathname + url.search,
    method: input.method,
    headers: headersFor(asked),
    body: input.body ?? null,
    signal: ending.signal,
  });
  const answer = await abortable(sent, ending.signal); // while it connects, it heeds no signal
  const body = await readAll(answer.body, input.maxBytes ?? asked.maxBytes, peer);
  await loopTurn(); // the connection is free only then; asking sooner would open a second one
  return { status: answer.statusCode, headers: plainHeaders(answer.headers), body };
}

async function sendForwarded(
  way: Way & { kind: 'proxy' },
  asked: Asked,
  out: Outbound,
): Promise<HttpResponse> {
  const { input, url, ending } = asked;
  const { perhapsOwn, ...answer } = await forward(
    way.place,
    {
      method: input.method,
      url: url.href,
      headers: headersFor(asked),
      body: input.body,
      maxBytes: input.maxBytes ?? asked.maxBytes,
      timeoutMs: ending.left() + 1000, // the ending of the request itself comes first, and tells whose it is
    },
    out.tools({ signal: ending.signal }),
  );
  return perhapsOwn ? { ...answer, perhapsBy: place(way.place) } : answer;
}

/** A log-in for a proxy is never the caller's affair, and never for a destination. */
function headersFor({ input, userAgent }: Asked): Record<string, string> {
  const own = Object.entries(input.headers ?? {}).filter(([name]) => !/^proxy-/i.test(name));
  return { 'user-agent': userAgent, ...Object.fromEntries(own) };
}

async function explain(thrown: unknown, way: Way, asked: Asked, out: Outbound): Promise<unknown> {
  const { input, peer, ending } = asked;
  const proxy = way.kind === 'proxy' ? way.place : undefined;
  if (input.signal?.aborted) return input.signal.reason;
  if (thrown instanceof Failure) return thrown;
  if (ending.late()) return timedOut(peer, thrown, proxy);
  const seen = wantsReachAgain(thrown, asked) ? await reachAgain(way, asked, out, thrown) : null;
  if (seen?.failure?.about === 'client-certificate') return seen.failure;
  return netFailure(thrown, peer, {
    issuer: seen?.certificate?.issuer,
    showedCertificate: input.clientCertificate !== undefined,
    proxy,
  });
}

/** Who signed it, and whether the server hung up for want of a certificate, is not in what was thrown. */
function wantsReachAgain(thrown: unknown, { url }: Asked): boolean {
  if (url.protocol !== 'https:') return false;
  const { socket } = thrown as { socket?: { bytesRead?: number } };
  const code = codeOf(thrown);
  return isUntrusted(code) || socket?.bytesRead === 0 || code === 'ECONNRESET' || code === 'EPIPE';
}

/** An untrusted server is shown no certificate of ours. */
async function reachAgain(way: Way, asked: Asked, out: Outbound, thrown: unknown): Promise<Reach | null> {
  const { input, url, peer, clock } = asked;
  const ending = makeEnding(clock, reachAgainMs, input.signal);
  const terms = isUntrusted(codeOf(thrown)) ? {} : input;
  const { trustedRootsPem, clientCertificate } = terms as Partial<HttpRequest>;
  const seen = reachBy(way, { url, peer, clock, ending, trustedRootsPem, clientCertificate }, out);
  return seen.catch(() => null).finally(() => ending.clear());
}

async function readAll(body: Readable, maxBytes: number, peer: Peer): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes)
      throw new Failure('net.too-large', `${peer.host}:${peer.port} sent more than ${maxBytes} bytes.`, {
        hint: 'Check that this is the address of the right service.',
      });
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
