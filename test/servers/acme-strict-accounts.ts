import { checkBinding, Refusal, type Signed, type StrictAccount } from './acme-strict-jws.ts';
import { type Answer, eab, lose, newId, refuseIf, type World } from './acme-strict-world.ts';

/** RFC 8555, 7.3; with the same key the account that is there. */
export function newAccount(world: World, signed: Signed): Answer {
  const payload = signed.payload as Record<string, unknown>;
  const known = world.state.accounts.find(({ thumbprint }) => thumbprint === signed.thumbprint);
  if (known !== undefined && world.eab === 'once' && payload.externalAccountBinding !== undefined)
    throw notAwaiting();
  if (known !== undefined) return { body: accountBody(world, known), headers: { location: known.url } };
  if (payload.onlyReturnExisting === true)
    throw new Refusal(400, 'accountDoesNotExist', 'no account with this key');
  refuseIf(world, 'refuseAccount');
  if (world.script.terms !== null && payload.termsOfServiceAgreed !== true)
    throw new Refusal(403, 'userActionRequired', 'the terms must be agreed to', {
      instance: world.script.terms,
    });
  const eabKeyId = world.eab === undefined ? null : bound(world, payload.externalAccountBinding, signed);
  const account: StrictAccount = {
    url: `${world.base}/account/${newId()}`,
    jwk: signed.jwk,
    thumbprint: signed.thumbprint,
    contact: (payload.contact as string[] | undefined) ?? [],
    eabKeyId,
    status: 'valid',
  };
  world.state.accounts.push(account);
  return {
    status: 201,
    body: accountBody(world, account),
    headers: { location: account.url },
    lose: lose(world, 'newAccount'),
  };
}

function bound(world: World, binding: unknown, signed: Signed): string {
  const keyId = checkBinding(binding, signed.jwk, `${world.base}/new-account`, (id) =>
    id === eab.keyId ? eab.hmacKey : undefined,
  );
  if (world.eab === 'once' && world.usedKeyIds.has(keyId)) throw notAwaiting();
  world.usedKeyIds.add(keyId);
  return keyId;
}

export function accountBody(world: World, account: StrictAccount): unknown {
  return {
    status: account.status,
    contact: account.contact,
    ...(world.script.listsOrders ? { orders: `${world.base}/orders/0` } : {}),
  };
}

/** Two a page, so that following `next` is needed soon. */
export function ordersOf(world: World, account: StrictAccount, page: number): Answer {
  const mine = world.state.orders.filter(
    ({ accountUrl, status }) => accountUrl === account.url && status !== 'invalid',
  );
  const urls = mine.slice(page * 2, page * 2 + 2).map(({ url }) => url);
  const index = `<${world.base}/dir>;rel="index"`;
  const next = mine.length > page * 2 + 2 ? `, <${world.base}/orders/${page + 1}>;rel="next"` : '';
  return { body: { orders: urls }, headers: { link: index + next } };
}

const notAwaiting = () =>
  new Refusal(400, 'malformed', 'The account is not awaiting external account binding');
