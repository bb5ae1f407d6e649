import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCa } from '../make/certificates.ts';
import { accountBody, newAccount, ordersOf } from './acme-strict-accounts.ts';
import { authorization, authorizationAnswer, challenge } from './acme-strict-challenges.ts';
import { checkSigned, makeNonces, Refusal, type Signed, type StrictAccount } from './acme-strict-jws.ts';
import {
  certificate,
  finalize,
  issue,
  newOrder,
  orderAnswer,
  ownOrder,
  renewalInfoOf,
} from './acme-strict-orders.ts';
import { type AcmeStrict, type StrictScript, usual } from './acme-strict-script.ts';
import { type Answer, collect, eab, type World } from './acme-strict-world.ts';
import { makeTlsMaterial, type TlsMaterial } from './tls-material.ts';

/** Of every CA of this process: each would cost three runs of openssl. */
let madeTls: Promise<TlsMaterial> | null = null;

interface Call {
  world: World;
  signed: Signed;
  account: StrictAccount;
  /** What follows the kind in the path. */
  id: string;
}

/** What an account may ask for, by the first part of the path. */
const routes: Record<string, (call: Call) => Answer> = {
  account: ({ world, account }) => ({ body: accountBody(world, account) }),
  orders: ({ world, account, id }) => ordersOf(world, account, Number(id || 0)),
  'new-order': ({ world, account, signed }) => newOrder(world, account, signed.payload),
  order: ({ world, account, signed, id }) =>
    orderAnswer(world, asGet(signed) && ownOrder(world, account, id)),
  authz: ({ world, signed, id }) => authorizationAnswer(world, asGet(signed) && authorization(world, id)),
  chall: ({ world, signed, id }) => challenge(world, signed, id),
  finalize: ({ world, account, signed, id }) => finalize(world, ownOrder(world, account, id), signed.payload),
  cert: ({ world, account, signed, id }) => certificate(world, asGet(signed) && ownOrder(world, account, id)),
};

class StrictCa {
  readonly #world: World;
  readonly #nonces = makeNonces();

  constructor(world: World) {
    this.#world = world;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await collect(request);
    const path = request.url ?? '/';
    this.#world.state.requests.push(`${request.method} ${path.slice(1)}`);
    try {
      const answer = this.#route(request, path, body);
      if (answer.lose) request.socket.destroy();
      else this.#send(response, answer);
    } catch (thrown) {
      this.#refuse(response, thrown);
    }
  }

  #refuse(response: ServerResponse, thrown: unknown): void {
    const { status, type, message, more, headers } =
      thrown instanceof Refusal ? thrown : new Refusal(500, 'serverInternal', `fault: ${String(thrown)}`);
    const body = { type: `urn:ietf:params:acme:error:${type}`, detail: message, ...more };
    this.#send(response, { status, body, headers, type: 'application/problem+json' });
  }

  #send(response: ServerResponse, answer: Answer): void {
    const { status = 200, body, headers = {}, type = 'application/json' } = answer;
    response.writeHead(status, {
      'replay-nonce': this.#nonces.make(),
      'cache-control': 'no-store',
      link: `<${this.#world.base}/dir>;rel="index"`,
      'content-type': type,
      ...headers,
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  #spendNonce(nonce: unknown): boolean {
    const good = this.#nonces.use(nonce);
    const { script } = this.#world;
    if (!good || script.badNonces === 0) return good;
    script.badNonces--;
    return false;
  }

  #route(request: IncomingMessage, path: string, body: Buffer): Answer {
    const world = this.#world;
    const [, kind = '', id = '', rest = ''] = path.split('/');
    if (kind === 'dir' && request.method === 'GET') return { body: directoryBody(world) };
    if (kind === 'new-nonce' && request.method === 'HEAD') return { body: '' };
    if (kind === 'renewal-info' && request.method === 'GET') return renewalInfoOf(world, id);
    if (request.method !== 'POST') throw new Refusal(405, 'malformed', 'POST only');
    const accountOf = (kid: string) => world.state.accounts.find(({ url }) => url === kid);
    const by = kind === 'new-account' ? 'jwk' : 'kid';
    const spend = (nonce: unknown) => this.#spendNonce(nonce);
    const signed = checkSigned(request, body, world.base + path, spend, accountOf, by);
    if (kind === 'new-account') return newAccount(world, signed);
    const route = Object.hasOwn(routes, kind) ? routes[kind] : undefined;
    if (route === undefined) throw new Refusal(404, 'malformed', `nothing at ${path}${rest}`);
    return route({ world, signed, account: signed.account as StrictAccount, id });
  }
}

function directoryBody(world: World): unknown {
  return {
    newNonce: `${world.base}/new-nonce`,
    newAccount: `${world.base}/new-account`,
    newOrder: `${world.base}/new-order`,
    ...(world.script.ari === null ? {} : { renewalInfo: `${world.base}/renewal-info` }),
    meta: {
      ...(world.script.terms === null ? {} : { termsOfService: world.script.terms }),
      ...(world.eab === undefined ? {} : { externalAccountRequired: true }),
      ...(world.script.profiles === null ? {} : { profiles: world.script.profiles }),
    },
  };
}

function asGet(signed: Signed): true {
  if (!signed.empty) throw new Refusal(400, 'malformed', 'POST-as-GET has an empty payload');
  return true;
}

/** A small RFC 8555 CA that checks every request strictly and behaves as badly as told. Issues real certificates. */
export async function startAcmeStrict(
  options: { eab?: 'reusable' | 'once'; script?: Partial<StrictScript> } = {},
): Promise<AcmeStrict> {
  madeTls ??= makeTls();
  const tls = await madeTls;
  const world = makeWorld(options);
  const ca = new StrictCa(world);
  const server = createServer(
    { cert: tls.certificatePem, key: tls.keyPem },
    (request, response) => void ca.handle(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  world.base = `https://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`;
  return faceOf(world, tls, server);
}

function makeWorld(options: { eab?: 'reusable' | 'once'; script?: Partial<StrictScript> }): World {
  const root = makeCa({ commonName: 'Strict root' });
  return {
    base: '',
    script: { ...usual, ...options.script },
    state: { accounts: [], orders: [], requests: [], newOrders: 0, finalizations: 0, issued: [] },
    eab: options.eab,
    root,
    intermediate: makeCa({ commonName: 'Strict intermediate', signedBy: root, pathLength: 0 }),
    usedKeyIds: new Set(),
    replacedIds: new Set(),
  };
}

function faceOf(world: World, tls: TlsMaterial, server: Server): AcmeStrict {
  const { state, script } = world;
  return {
    directoryUrl: `${world.base}/dir`,
    rootPem: tls.rootPem,
    issuerRootPem: world.root.certPem,
    intermediatePem: world.intermediate.certPem,
    eab,
    state,
    script: (change) => Object.assign(script, structuredClone(change)),
    release() {
      script.issuing = 'at-once';
      for (const order of state.orders) if (order.status === 'processing') issue(world, order);
    },
    forget() {
      state.accounts.length = 0;
      state.orders.length = 0;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function makeTls(): Promise<TlsMaterial> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-acme-'));
  try {
    return await makeTlsMaterial(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
