import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ariCertId } from '../../electron/pki/ari.ts';
import { readCsr } from '../../electron/pki/csr.ts';
import { makeCa, makeLeaf } from '../make/certificates.ts';
import {
  checkBinding,
  checkSigned,
  makeNonces,
  Refusal,
  type Signed,
  type StrictAccount,
} from './acme-strict-jws.ts';
import {
  type AcmeStrict,
  type StrictAuthorization,
  type StrictOrder,
  type StrictProblem,
  type StrictScript,
  type StrictState,
  usual,
} from './acme-strict-script.ts';
import { makeTlsMaterial, type TlsMaterial } from './tls-material.ts';

const eab = { keyId: 'strict-kid', hmacKey: randomBytes(32).toString('base64url') };
/** Of every CA of this process: each would cost three runs of openssl. */
let madeTls: Promise<TlsMaterial> | null = null;
const newId = () => randomBytes(8).toString('hex');

/** A small RFC 8555 CA that checks every request strictly and behaves as badly as told. Issues real certificates. */
export async function startAcmeStrict(
  options: { eab?: 'reusable' | 'once'; script?: Partial<StrictScript> } = {},
): Promise<AcmeStrict> {
  madeTls ??= makeTls();
  const tls = await madeTls;
  const root = makeCa({ commonName: 'Strict root' });
  const intermediate = makeCa({ commonName: 'Strict intermediate', signedBy: root, pathLength: 0 });
  const nonces = makeNonces();
  const script: StrictScript = { ...usual, ...options.script };
  const state: StrictState = {
    accounts: [],
    orders: [],
    requests: [],
    newOrders: 0,
    finalizations: 0,
    issued: [],
  };
  const usedKeyIds = new Set<string>();
  const replacedIds = new Set<string>();
  let base = '';

  const server = createServer({ cert: tls.certificatePem, key: tls.keyPem }, (request, response) => {
    void collect(request).then((body) => handle(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  base = `https://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`;

  async function handle(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const path = request.url ?? '/';
    state.requests.push(`${request.method} ${path.slice(1)}`);
    try {
      const answer = await route(request, path, body);
      if (answer.lose) {
        request.socket.destroy();
        return;
      }
      send(response, answer.status ?? 200, answer.body, answer.headers ?? {}, answer.type);
    } catch (thrown) {
      const refusal =
        thrown instanceof Refusal ? thrown : new Refusal(500, 'serverInternal', `fault: ${String(thrown)}`);
      const problem = {
        type: `urn:ietf:params:acme:error:${refusal.type}`,
        detail: refusal.message,
        ...refusal.more,
      };
      send(response, refusal.status, problem, refusal.headers, 'application/problem+json');
    }
  }

  function send(
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Record<string, string>,
    type = 'application/json',
  ): void {
    response.writeHead(status, {
      'replay-nonce': nonces.make(),
      'cache-control': 'no-store',
      link: `<${base}/dir>;rel="index"`,
      'content-type': type,
      ...headers,
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  interface Answer {
    status?: number;
    body: unknown;
    headers?: Record<string, string>;
    type?: string;
    lose?: boolean;
  }

  function spendNonce(nonce: unknown): boolean {
    const good = nonces.use(nonce);
    if (good && script.badNonces > 0) {
      script.badNonces--;
      return false;
    }
    return good;
  }

  async function route(request: IncomingMessage, path: string, body: Buffer): Promise<Answer> {
    const [, kind = '', id = '', rest = ''] = path.split('/');
    if (kind === 'dir' && request.method === 'GET') return { body: directoryBody() };
    if (kind === 'new-nonce' && request.method === 'HEAD') return { body: '' };
    if (kind === 'renewal-info' && request.method === 'GET') return renewalInfoOf(id);
    if (request.method !== 'POST') throw new Refusal(405, 'malformed', 'POST only');
    const accountOf = (kid: string) => state.accounts.find(({ url }) => url === kid);
    const by = kind === 'new-account' ? 'jwk' : 'kid';
    const signed = checkSigned(request, body, base + path, spendNonce, accountOf, by);
    if (kind === 'new-account') return newAccount(signed);
    const account = signed.account as StrictAccount;
    switch (kind) {
      case 'account':
        return { body: accountBody(account) };
      case 'orders':
        return ordersOf(account, Number(id || 0));
      case 'new-order':
        return newOrder(account, signed.payload);
      case 'order':
        return orderAnswer(asGet(signed) && ownOrder(account, id));
      case 'authz':
        return authorizationAnswer(asGet(signed) && authorization(id));
      case 'chall':
        return challenge(signed, id);
      case 'finalize':
        return finalize(ownOrder(account, id), signed.payload);
      case 'cert':
        return certificate(asGet(signed) && ownOrder(account, id));
      default:
        throw new Refusal(404, 'malformed', `nothing at ${path}${rest}`);
    }
  }

  function directoryBody(): unknown {
    return {
      newNonce: `${base}/new-nonce`,
      newAccount: `${base}/new-account`,
      newOrder: `${base}/new-order`,
      ...(script.ari === null ? {} : { renewalInfo: `${base}/renewal-info` }),
      meta: {
        ...(script.terms === null ? {} : { termsOfService: script.terms }),
        ...(options.eab === undefined ? {} : { externalAccountRequired: true }),
        ...(script.profiles === null ? {} : { profiles: script.profiles }),
      },
    };
  }

  function newAccount(signed: Signed): Answer {
    const payload = signed.payload as Record<string, unknown>;
    const known = state.accounts.find(({ thumbprint }) => thumbprint === signed.thumbprint);
    if (known !== undefined && options.eab === 'once' && payload.externalAccountBinding !== undefined)
      throw notAwaiting();
    if (known !== undefined) return { body: accountBody(known), headers: { location: known.url } };
    if (payload.onlyReturnExisting === true)
      throw new Refusal(400, 'accountDoesNotExist', 'no account with this key');
    refuseIf('refuseAccount');
    if (script.terms !== null && payload.termsOfServiceAgreed !== true)
      throw new Refusal(403, 'userActionRequired', 'the terms must be agreed to', { instance: script.terms });
    const eabKeyId = options.eab === undefined ? null : bound(payload.externalAccountBinding, signed);
    const account: StrictAccount = {
      url: `${base}/account/${newId()}`,
      jwk: signed.jwk,
      thumbprint: signed.thumbprint,
      contact: (payload.contact as string[] | undefined) ?? [],
      eabKeyId,
      status: 'valid',
    };
    state.accounts.push(account);
    return {
      status: 201,
      body: accountBody(account),
      headers: { location: account.url },
      lose: lose('newAccount'),
    };
  }

  function bound(binding: unknown, signed: Signed): string {
    const keyId = checkBinding(binding, signed.jwk, `${base}/new-account`, (id) =>
      id === eab.keyId ? eab.hmacKey : undefined,
    );
    if (options.eab === 'once' && usedKeyIds.has(keyId)) throw notAwaiting();
    usedKeyIds.add(keyId);
    return keyId;
  }

  function accountBody(account: StrictAccount): unknown {
    return {
      status: account.status,
      contact: account.contact,
      ...(script.listsOrders ? { orders: `${base}/orders/0` } : {}),
    };
  }

  /** Two a page, so that following `next` is needed soon. */
  function ordersOf(account: StrictAccount, page: number): Answer {
    const mine = state.orders.filter(
      ({ accountUrl, status }) => accountUrl === account.url && status !== 'invalid',
    );
    const urls = mine.slice(page * 2, page * 2 + 2).map(({ url }) => url);
    const index = `<${base}/dir>;rel="index"`;
    const next = mine.length > page * 2 + 2 ? `, <${base}/orders/${page + 1}>;rel="next"` : '';
    return { body: { orders: urls }, headers: { link: index + next } };
  }

  function newOrder(account: StrictAccount, payload: unknown): Answer {
    refuseIf('refuseOrder');
    const { identifiers, profile, replaces } = payload as {
      identifiers: { type: string; value: string }[];
      profile?: string;
      replaces?: string;
    };
    if (profile !== undefined && script.profiles?.[profile] === undefined)
      throw new Refusal(400, 'invalidProfile', `no profile ${profile}`);
    if (replaces !== undefined) checkReplaces(replaces);
    state.newOrders++;
    const names = identifiers.map(({ value }) => value);
    const same = (order: StrictOrder) =>
      order.accountUrl === account.url &&
      (order.status === 'pending' || order.status === 'ready') &&
      order.names.join() === names.join();
    const reused = script.reusesOrders ? state.orders.find(same) : undefined;
    const order = reused ?? addOrder(account, identifiers, profile ?? null, replaces ?? null);
    if (replaces !== undefined) replacedIds.add(replaces);
    const answer = orderAnswer(order);
    return {
      ...answer,
      status: 201,
      headers: { ...answer.headers, location: order.url },
      lose: lose('newOrder'),
    };
  }

  function checkReplaces(replaces: string): void {
    const known = state.issued.some((chain) => ariCertId(chain) === replaces);
    if (script.ari === null) throw new Refusal(400, 'malformed', 'replaces is not supported');
    if (!known) throw new Refusal(404, 'malformed', 'the certificate to replace is not known');
    if (replacedIds.has(replaces)) throw new Refusal(409, 'alreadyReplaced', 'replaced by another order');
  }

  function addOrder(
    account: StrictAccount,
    identifiers: { type: string; value: string }[],
    profile: string | null,
    replaces: string | null,
  ): StrictOrder {
    const id = newId();
    const proved = script.authorizations === 'valid-foreign';
    const order: StrictOrder = {
      url: `${base}/order/${id}`,
      id,
      accountUrl: account.url,
      names: identifiers.map(({ value }) => value),
      profile,
      replaces,
      status: proved ? 'ready' : 'pending',
      error: null,
      finalized: 0,
      csr: null,
      chainPem: null,
      authorizations: identifiers.map((identifier) => newAuthorization(identifier, proved)),
    };
    state.orders.push(order);
    return order;
  }

  function newAuthorization(
    identifier: { type: string; value: string },
    proved: boolean,
  ): StrictAuthorization {
    const wildcard = identifier.value.startsWith('*.');
    const foreign = script.authorizations !== 'pending';
    const types = foreign ? ['sectigo-email-01', 'sectigo-dns-01'] : script.challengeTypes;
    return {
      id: newId(),
      type: identifier.type,
      value: wildcard ? identifier.value.slice(2) : identifier.value,
      wildcard,
      status: proved ? 'valid' : 'pending',
      token: randomBytes(16).toString('base64url'),
      challenges: types
        .filter((type) => type !== 'http-01' || !wildcard)
        .map((type) => ({
          id: newId(),
          type,
          status: proved ? 'valid' : 'pending',
          error: null,
          answered: 0,
        })),
    };
  }

  const patience = (): Record<string, string> =>
    script.retryAfter === null ? {} : { 'retry-after': script.retryAfter };

  function orderAnswer(order: StrictOrder): Answer {
    const body = {
      status: order.status,
      expires: new Date(Date.now() + 86_400_000).toISOString(),
      identifiers: order.authorizations.map(({ type, value, wildcard }) => ({
        type,
        value: wildcard ? `*.${value}` : value,
      })),
      authorizations: order.authorizations.map(({ id }) => `${base}/authz/${id}`),
      finalize: `${base}/finalize/${order.id}`,
      ...(order.profile === null ? {} : { profile: order.profile }),
      ...(order.replaces === null ? {} : { replaces: order.replaces }),
      ...(order.chainPem === null ? {} : { certificate: `${base}/cert/${order.id}` }),
      ...(order.error === null ? {} : { error: problemBody(order.error) }),
    };
    return { body, headers: order.status === 'valid' || order.status === 'invalid' ? {} : patience() };
  }

  function authorizationAnswer(one: StrictAuthorization): Answer {
    const body = {
      identifier: { type: one.type, value: one.value },
      status: one.status,
      expires: new Date(Date.now() + 30 * 86_400_000).toISOString(),
      ...(one.wildcard ? { wildcard: true } : {}),
      challenges: one.challenges.map((each) => challengeBody(one, each)),
    };
    return { body, headers: patience() };
  }

  function challengeBody(one: StrictAuthorization, each: StrictAuthorization['challenges'][number]): unknown {
    return {
      type: each.type,
      status: each.status,
      // types of its own have neither: a client must not stumble over that
      ...(each.type.startsWith('sectigo') ? {} : { url: `${base}/chall/${each.id}`, token: one.token }),
      ...(each.error === null ? {} : { error: problemBody(each.error) }),
    };
  }

  async function challenge(signed: Signed, id: string): Promise<Answer> {
    const order = state.orders.find((each) =>
      each.authorizations.some((one) => one.challenges.some((c) => c.id === id)),
    );
    const one = order?.authorizations.find((each) => each.challenges.some((c) => c.id === id));
    const each = one?.challenges.find((c) => c.id === id);
    if (order === undefined || one === undefined || each === undefined)
      throw new Refusal(404, 'malformed', 'no such challenge');
    if (signed.empty) return { body: challengeBody(one, each) };
    if (JSON.stringify(signed.payload) !== '{}') throw new Refusal(400, 'malformed', 'the answer must be {}');
    each.answered++;
    if (each.status === 'pending') {
      each.status = 'processing';
      const keyAuthorization = `${one.token}.${signed.thumbprint}`;
      void validate(order, one, each, keyAuthorization);
    }
    return { body: challengeBody(one, each) };
  }

  async function validate(
    order: StrictOrder,
    one: StrictAuthorization,
    each: StrictAuthorization['challenges'][number],
    keyAuthorization: string,
  ): Promise<void> {
    const { validation } = script;
    if (validation === 'never') return;
    const error = await problemOf(validation, one.token, keyAuthorization);
    each.error = error;
    each.status = error === null ? 'valid' : 'invalid';
    one.status = each.status as 'valid' | 'invalid';
    if (error !== null) order.status = 'invalid';
    else if (order.authorizations.every(({ status }) => status === 'valid')) order.status = 'ready';
  }

  async function problemOf(
    validation: Exclude<StrictScript['validation'], 'never'>,
    token: string,
    keyAuthorization: string,
  ): Promise<StrictProblem | null> {
    if (validation === 'accept') return null;
    if ('type' in validation) return validation;
    const url = `http://127.0.0.1:${validation.httpPort}/.well-known/acme-challenge/${token}`;
    const found = await fetchText(url).catch((error: Error) => error);
    if (found instanceof Error) return { type: 'connection', detail: found.message };
    return found === keyAuthorization
      ? null
      : { type: 'incorrectResponse', detail: `found ${found.slice(0, 40)}` };
  }

  function finalize(order: StrictOrder, payload: unknown): Answer {
    if (order.status !== 'ready') throw new Refusal(403, 'orderNotReady', `the order is ${order.status}`);
    refuseIf('refuseFinalize');
    const csr = Buffer.from(String((payload as { csr?: unknown }).csr), 'base64url');
    const names = readCsr(csr).names;
    if ([...names].sort().join() !== [...order.names].sort().join())
      throw new Refusal(400, 'badCSR', `the CSR is for ${names.join(', ')}`);
    order.csr = csr;
    order.finalized++;
    state.finalizations++;
    order.status = 'processing';
    if (script.issuing === 'at-once') issue(order);
    return { ...orderAnswer(order), lose: lose('finalize') };
  }

  function issue(order: StrictOrder): void {
    const { spki, keyType } = readCsr(order.csr ?? Buffer.alloc(0));
    const now = Date.now();
    const leaf = makeLeaf(intermediate, {
      names: order.names,
      keyOf: { spki, keyType, keyPem: '' } as never,
      notBefore: now - 1000,
      notAfter: now + (script.lifetimeMs ?? 90 * 86_400_000),
    });
    order.chainPem = leaf.certPem + intermediate.certPem;
    order.status = 'valid';
    state.issued.push(order.chainPem);
  }

  function certificate(order: StrictOrder): Answer {
    if (order.chainPem === null) throw new Refusal(404, 'malformed', 'not issued');
    const body = order.chainPem + (script.sendsRoot ? root.certPem : '');
    return { body, type: 'application/pem-certificate-chain' };
  }

  function renewalInfoOf(id: string): Answer {
    const { ari } = script;
    const known = state.issued.some((chain) => ariCertId(chain) === id);
    if (ari === null || !known) throw new Refusal(404, 'malformed', 'no such certificate');
    const suggestedWindow = {
      start: new Date(ari.start).toISOString(),
      end: new Date(ari.end).toISOString(),
    };
    const explanation = ari.explanationUrl === undefined ? {} : { explanationURL: ari.explanationUrl };
    return {
      body: { suggestedWindow, ...explanation },
      headers: ari.retryAfter === undefined ? {} : { 'retry-after': ari.retryAfter },
    };
  }

  function asGet(signed: Signed): true {
    if (!signed.empty) throw new Refusal(400, 'malformed', 'POST-as-GET has an empty payload');
    return true;
  }

  function ownOrder(account: StrictAccount, id: string): StrictOrder {
    const order = state.orders.find((each) => each.id === id);
    if (order === undefined) throw new Refusal(404, 'malformed', 'no such order');
    if (order.accountUrl !== account.url)
      throw new Refusal(403, 'unauthorized', 'the order of another account');
    return order;
  }

  function authorization(id: string): StrictAuthorization {
    const found = state.orders.flatMap(({ authorizations }) => authorizations).find((one) => one.id === id);
    if (found === undefined) throw new Refusal(404, 'malformed', 'no such authorization');
    return found;
  }

  function refuseIf(what: 'refuseOrder' | 'refuseFinalize' | 'refuseAccount'): void {
    const problem = script[what];
    if (problem === null) return;
    if (problem.times !== undefined && --problem.times <= 0) script[what] = null;
    const { subproblems } = problemBody(problem) as { subproblems?: unknown };
    throw new Refusal(
      problem.status ??
        (problem.type === 'serverInternal' ? 500 : problem.type === 'rateLimited' ? 429 : 403),
      problem.type,
      problem.detail ?? `told to say ${problem.type}`,
      subproblems === undefined ? {} : { subproblems },
      problem.retryAfter === undefined ? {} : { 'retry-after': problem.retryAfter },
    );
  }

  function lose(what: NonNullable<StrictScript['loseAfter']>): boolean {
    if (script.loseAfter !== what) return false;
    script.loseAfter = null;
    return true;
  }

  return {
    directoryUrl: `${base}/dir`,
    rootPem: tls.rootPem,
    issuerRootPem: root.certPem,
    eab,
    state,
    script: (change) => Object.assign(script, structuredClone(change)),
    release() {
      script.issuing = 'at-once';
      for (const order of state.orders) if (order.status === 'processing') issue(order);
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

const notAwaiting = () =>
  new Refusal(400, 'malformed', 'The account is not awaiting external account binding');

function problemBody(problem: StrictProblem): unknown {
  const type = (short: string) => `urn:ietf:params:acme:error:${short}`;
  return {
    type: type(problem.type),
    detail: problem.detail ?? `told to say ${problem.type}`,
    ...(problem.subproblems === undefined
      ? {}
      : {
          subproblems: problem.subproblems.map(({ type: short, detail, name }) => ({
            type: type(short),
            detail,
            identifier: { type: 'dns', value: name },
          })),
        }),
  };
}

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    httpGet(url, { agent: false, timeout: 5000 }, (response) => {
      collect(response).then(
        (body) => resolve(`${response.statusCode === 200 ? '' : response.statusCode}${body}`),
        reject,
      );
    }).on('error', reject);
  });
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
