import { randomBytes } from 'node:crypto';
import { ariCertId } from '../../electron/pki/ari.ts';
import { readCsr } from '../../electron/pki/csr.ts';
import { makeLeaf } from '../make/certificates.ts';
import { Refusal, type StrictAccount } from './acme-strict-jws.ts';
import type { StrictAuthorization, StrictOrder } from './acme-strict-script.ts';
import {
  type Answer,
  lose,
  newId,
  patience,
  problemBody,
  refuseIf,
  type World,
} from './acme-strict-world.ts';

/** RFC 8555, 7.4. */
export function newOrder(world: World, account: StrictAccount, payload: unknown): Answer {
  refuseIf(world, 'refuseOrder');
  const { identifiers, profile, replaces } = payload as {
    identifiers: { type: string; value: string }[];
    profile?: string;
    replaces?: string;
  };
  if (profile !== undefined && world.script.profiles?.[profile] === undefined)
    throw new Refusal(400, 'invalidProfile', `no profile ${profile}`);
  if (replaces !== undefined) checkReplaces(world, replaces);
  world.state.newOrders++;
  const names = identifiers.map(({ value }) => value);
  const same = (order: StrictOrder) =>
    order.accountUrl === account.url &&
    (order.status === 'pending' || order.status === 'ready') &&
    order.names.join() === names.join();
  const reused = world.script.reusesOrders ? world.state.orders.find(same) : undefined;
  const order = reused ?? addOrder(world, account, identifiers, profile ?? null, replaces ?? null);
  if (replaces !== undefined) world.replacedIds.add(replaces);
  const answer = orderAnswer(world, order);
  return {
    ...answer,
    status: 201,
    headers: { ...answer.headers, location: order.url },
    lose: lose(world, 'newOrder'),
  };
}

function checkReplaces(world: World, replaces: string): void {
  const known = world.state.issued.some((chain) => ariCertId(chain) === replaces);
  if (world.script.ari === null) throw new Refusal(400, 'malformed', 'replaces is not supported');
  if (!known) throw new Refusal(404, 'malformed', 'the certificate to replace is not known');
  if (world.replacedIds.has(replaces)) throw new Refusal(409, 'alreadyReplaced', 'replaced by another order');
}

function addOrder(
  world: World,
  account: StrictAccount,
  identifiers: { type: string; value: string }[],
  profile: string | null,
  replaces: string | null,
): StrictOrder {
  const id = newId();
  const proved = world.script.authorizations === 'valid-foreign';
  const order: StrictOrder = {
    url: `${world.base}/order/${id}`,
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
    authorizations: identifiers.map((identifier) => newAuthorization(world, identifier, proved)),
  };
  world.state.orders.push(order);
  return order;
}

function newAuthorization(
  world: World,
  identifier: { type: string; value: string },
  proved: boolean,
): StrictAuthorization {
  const wildcard = identifier.value.startsWith('*.');
  const foreign = world.script.authorizations !== 'pending';
  const types = foreign ? ['sectigo-email-01', 'sectigo-dns-01'] : world.script.challengeTypes;
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

export function orderAnswer(world: World, order: StrictOrder): Answer {
  const body = {
    status: order.status,
    expires: new Date(Date.now() + 86_400_000).toISOString(),
    identifiers: order.authorizations.map(({ type, value, wildcard }) => ({
      type,
      value: wildcard ? `*.${value}` : value,
    })),
    authorizations: order.authorizations.map(({ id }) => `${world.base}/authz/${id}`),
    finalize: `${world.base}/finalize/${order.id}`,
    ...(order.profile === null ? {} : { profile: order.profile }),
    ...(order.replaces === null ? {} : { replaces: order.replaces }),
    ...(order.chainPem === null ? {} : { certificate: `${world.base}/cert/${order.id}` }),
    ...(order.error === null ? {} : { error: problemBody(order.error) }),
  };
  return { body, headers: order.status === 'valid' || order.status === 'invalid' ? {} : patience(world) };
}

/** RFC 8555, 7.4: the names of the CSR must be those of the order. */
export function finalize(world: World, order: StrictOrder, payload: unknown): Answer {
  if (order.status !== 'ready') throw new Refusal(403, 'orderNotReady', `the order is ${order.status}`);
  refuseIf(world, 'refuseFinalize');
  const csr = Buffer.from(String((payload as { csr?: unknown }).csr), 'base64url');
  const names = readCsr(csr).names;
  if ([...names].sort().join() !== [...order.names].sort().join())
    throw new Refusal(400, 'badCSR', `the CSR is for ${names.join(', ')}`);
  order.csr = csr;
  order.finalized++;
  world.state.finalizations++;
  order.status = 'processing';
  if (world.script.issuing === 'at-once') issue(world, order);
  return { ...orderAnswer(world, order), lose: lose(world, 'finalize') };
}

/** A real certificate for the CSR of the order. */
export function issue(world: World, order: StrictOrder): void {
  const { spki, keyType } = readCsr(order.csr ?? Buffer.alloc(0));
  const now = Date.now();
  const leaf = makeLeaf(world.intermediate, {
    names: order.names,
    keyOf: { spki, keyType, keyPem: '' } as never,
    notBefore: now - 1000,
    notAfter: now + (world.script.lifetimeMs ?? 90 * 86_400_000),
    issuerAt: world.script.issuerAt ?? undefined,
  });
  order.chainPem = leaf.certPem + (world.script.sendsLeafAlone ? '' : world.intermediate.certPem);
  order.status = 'valid';
  world.state.issued.push(order.chainPem);
}

export function certificate(world: World, order: StrictOrder): Answer {
  if (order.chainPem === null) throw new Refusal(404, 'malformed', 'not issued');
  const body = order.chainPem + (world.script.sendsRoot ? world.root.certPem : '');
  return { body, type: 'application/pem-certificate-chain' };
}

/** RFC 9773, 4. */
export function renewalInfoOf(world: World, id: string): Answer {
  const { ari } = world.script;
  const known = world.state.issued.some((chain) => ariCertId(chain) === id);
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

export function ownOrder(world: World, account: StrictAccount, id: string): StrictOrder {
  const order = world.state.orders.find((each) => each.id === id);
  if (order === undefined) throw new Refusal(404, 'malformed', 'no such order');
  if (order.accountUrl !== account.url)
    throw new Refusal(403, 'unauthorized', 'the order of another account');
  return order;
}
