import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTlsMaterial } from './tls-material.ts';

interface HostileAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Sends this many bytes, on and on, in place of a body. */
  bytes?: number;
}

/** What the CA answers at a path; null: as a well-behaved one would. `csr`: what was finalized last. */
export type Hostility = (
  path: string,
  at: (path: string) => string,
  csr: Buffer | null,
) => HostileAnswer | null;

interface HostileAcme {
  directoryUrl: string;
  rootPem: string;
  /** Paths that were asked for. */
  asked: string[];
  stop(): Promise<void>;
}

/** What a well-behaved CA would answer: one order, one authorization, one challenge of each type. */
class OneOrder {
  readonly #names: readonly string[];
  readonly #at: (path: string) => string;
  #proved = false;
  #final = false;

  constructor(names: readonly string[], at: (path: string) => string) {
    this.#names = names;
    this.#at = at;
  }

  answer(path: string): HostileAnswer {
    const at = this.#at;
    switch (path) {
      case '/directory':
        return { body: { newNonce: at('/nonce'), newAccount: at('/account'), newOrder: at('/new-order') } };
      case '/account':
        return { status: 201, headers: { location: at('/account/1') }, body: { status: 'valid' } };
      case '/new-order':
        return { ...this.#order(), status: 201 };
      case '/order':
        return this.#order();
      case '/authorization':
        return { body: authorization(this.#names[0] ?? '', at, this.#proved ? 'valid' : 'pending') };
      case '/challenge/http-01':
      case '/challenge/dns-01':
        this.#proved = true;
        return { body: { type: path.slice(11), url: at(path), status: 'processing', token: 'token' } };
      case '/finalize':
        this.#final = true;
        return this.#order();
      default:
        return { status: path === '/nonce' ? 204 : path === '/certificate' ? 200 : 404 };
    }
  }

  #order(): HostileAnswer {
    const at = this.#at;
    return {
      status: 200,
      headers: { location: at('/order') },
      body: {
        status: this.#final ? 'valid' : this.#proved ? 'ready' : 'pending',
        identifiers: this.#names.map((value) => ({ type: 'dns', value })),
        authorizations: [at('/authorization')],
        finalize: at('/finalize'),
        ...(this.#final ? { certificate: at('/certificate') } : {}),
      },
    };
  }
}

/** A CA that checks nothing and says what it is told to say. */
export async function startAcmeHostile(names: readonly string[], hostility: Hostility): Promise<HostileAcme> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-hostile-'));
  const tls = await makeTlsMaterial(directory);
  const asked: string[] = [];
  let csr: Buffer | null = null;
  let base = '';
  const at = (path: string) => `${base}${path}`;
  const order = new OneOrder(names, at);
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem }, (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    bodyOf(request)
      .then((body) => {
        if (path === '/finalize') csr = csrOf(body) ?? csr;
        const normal = order.answer(path);
        send(response, { ...normal, ...hostility(path, at, csr) });
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    directoryUrl: at('/directory'),
    rootPem: tls.rootPem,
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function authorization(
  name: string,
  at: (path: string) => string,
  status = 'pending',
  token = 'token',
) {
  const challenge = (type: string) => ({ type, url: at(`/challenge/${type}`), status, token });
  return {
    identifier: { type: 'dns', value: name },
    status,
    challenges: [challenge('http-01'), challenge('dns-01')],
  };
}

let nonce = 0;

function send(response: ServerResponse, { status = 200, headers = {}, body, bytes }: HostileAnswer): void {
  const type = typeof body === 'string' ? 'application/pem-certificate-chain' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'replay-nonce': `nonce${++nonce}`, ...headers });
  if (bytes !== undefined) {
    const part = Buffer.alloc(64 * 1024, 0x20);
    let sent = 0;
    const more = (): void => {
      while (sent < bytes && !response.destroyed) {
        sent += part.length;
        if (!response.write(part)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
    return;
  }
  response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function csrOf(body: Buffer): Buffer | null {
  const { payload } = JSON.parse(body.toString()) as { payload: string };
  const { csr } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { csr?: string };
  return csr === undefined ? null : Buffer.from(csr, 'base64url');
}
