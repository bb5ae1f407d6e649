import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTlsMaterial } from './tls-material.ts';

/** What is asked for, by the paths of Pebble. */
const kinds = {
  dir: 'directory',
  'nonce-plz': 'nonce',
  'sign-me-up': 'newAccount',
  'my-account': 'account',
  'rollover-account-key': 'keyChange',
  'order-plz': 'newOrder',
  'my-order': 'order',
  'list-orderz': 'orders',
  authZ: 'authorization',
  chalZ: 'challenge',
  'finalize-order': 'finalize',
  certZ: 'certificate',
  'revoke-cert': 'revokeCert',
} as const;

export type Asked = (typeof kinds)[keyof typeof kinds];

/** One request on its way to the CA. */
interface Passing {
  asked: Asked | 'other';
  /** How often this was asked for, from 1. */
  nth: number;
  /** What was signed; null: nothing, or POST-as-GET. */
  payload: Record<string, unknown> | null;
}

/** The CA never hears of the request. */
interface AnsweredHere {
  answer: number;
  headers?: Record<string, string>;
  /** A text is a page, anything else a problem document. */
  body?: unknown;
}

/** What becomes of a request, or of its answer. */
type Mischief =
  | AnsweredHere
  /** The CA does it, and nobody hears the answer: none of it, or half. */
  | { lose: 'all' | 'half' }
  /** Members of the answer put in place of what the CA said, and headers beside its own. */
  | { change?: Record<string, unknown> | ((body: string) => string); headers?: Record<string, string> };

export type Misbehave = (passing: Passing) => Mischief | null;

interface Misbehaving {
  directoryUrl: string;
  rootPem: string;
  /** What was asked for, in order. */
  readonly asked: (Asked | 'other')[];
  /** From now on; null: well. */
  misbehave(how: Misbehave | null): void;
  stop(): Promise<void>;
}

/** A server in front of a real CA (one that makes its addresses of the Host header) which passes everything on, but for what it is told. */
export async function startMisbehaving(ca: { directoryUrl: string; rootPem: string }): Promise<Misbehaving> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-misbehaving-'));
  const tls = await makeTlsMaterial(directory);
  await rm(directory, { recursive: true, force: true });
  const asked: (Asked | 'other')[] = [];
  let how: Misbehave | null = null;
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem }, (incoming, response) => {
    void pass(incoming, response).catch(() => response.destroy());
  });

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const kind = kinds[(incoming.url ?? '').split('/')[1] as keyof typeof kinds] ?? 'other';
    asked.push(kind);
    const nth = asked.filter((one) => one === kind).length;
    const mischief = how?.({ asked: kind, nth, payload: payloadOf(body) }) ?? {};
    if ('answer' in mischief) return answerHere(response, mischief);
    const real = await forward(ca, incoming, body);
    if ('lose' in mischief) return lose(response, real, mischief.lose);
    const changed = changedBody(real.body, mischief.change);
    response.writeHead(real.status, { ...withoutLength(real.headers), ...mischief.headers });
    response.end(changed);
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    directoryUrl: `https://127.0.0.1:${port}${new URL(ca.directoryUrl).pathname}`,
    rootPem: tls.rootPem,
    asked,
    misbehave: (next) => {
      how = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

interface Real {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

function forward(
  ca: { directoryUrl: string; rootPem: string },
  incoming: IncomingMessage,
  body: Buffer,
): Promise<Real> {
  const { hostname, port } = new URL(ca.directoryUrl);
  const { method, url: path, headers } = incoming;
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers, ca: ca.rootPem, agent: false });
    outgoing.once('error', reject);
    outgoing.once('response', (answer) => {
      const { statusCode: status = 0, headers } = answer;
      bodyOf(answer).then((body) => resolve({ status, headers, body }), reject);
    });
    outgoing.end(body);
  });
}

function answerHere(response: ServerResponse, mischief: AnsweredHere): void {
  const isText = typeof mischief.body === 'string';
  const type = isText ? 'text/html' : 'application/problem+json';
  response.writeHead(mischief.answer, { 'content-type': type, ...mischief.headers });
  response.end(isText ? mischief.body : mischief.body === undefined ? '' : JSON.stringify(mischief.body));
}

function lose(response: ServerResponse, real: Real, how: 'all' | 'half'): void {
  if (how === 'all') {
    response.destroy();
    return;
  }
  response.writeHead(real.status, { ...real.headers, 'content-length': String(real.body.length + 100) });
  response.write(real.body.subarray(0, real.body.length / 2), () => response.destroy());
}

function changedBody(body: Buffer, change: (Mischief & { change?: unknown })['change']): Buffer | string {
  if (change === undefined) return body;
  if (typeof change === 'function') return change(body.toString());
  return JSON.stringify({ ...(JSON.parse(body.toString()) as object), ...change });
}

function withoutLength({ 'content-length': _length, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers;
}

function payloadOf(body: Buffer): Record<string, unknown> | null {
  if (body.length === 0) return null;
  const { payload } = JSON.parse(body.toString()) as { payload: string };
  return payload === '' ? null : JSON.parse(Buffer.from(payload, 'base64url').toString());
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
