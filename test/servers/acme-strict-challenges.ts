import { get as httpGet } from 'node:http';
import { Refusal, type Signed } from './acme-strict-jws.ts';
import type { StrictAuthorization, StrictOrder, StrictProblem, StrictScript } from './acme-strict-script.ts';
import { type Answer, collect, patience, problemBody, type World } from './acme-strict-world.ts';

export function authorizationAnswer(world: World, one: StrictAuthorization): Answer {
  const body = {
    identifier: { type: one.type, value: one.value },
    status: one.status,
    expires: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    ...(one.wildcard ? { wildcard: true } : {}),
    challenges: one.challenges.map((each) => challengeBody(world, one, each)),
  };
  return { body, headers: patience(world) };
}

function challengeBody(
  world: World,
  one: StrictAuthorization,
  each: StrictAuthorization['challenges'][number],
): unknown {
  return {
    type: each.type,
    status: each.status,
    // types of its own have neither: a client must not stumble over that
    ...(each.type.startsWith('sectigo') ? {} : { url: `${world.base}/chall/${each.id}`, token: one.token }),
    ...(each.error === null ? {} : { error: problemBody(each.error) }),
  };
}

/** RFC 8555, 7.5.1: `{}` begins the validation, nothing reads it. */
export function challenge(world: World, signed: Signed, id: string): Answer {
  const order = world.state.orders.find((each) =>
    each.authorizations.some((one) => one.challenges.some((c) => c.id === id)),
  );
  const one = order?.authorizations.find((each) => each.challenges.some((c) => c.id === id));
  const each = one?.challenges.find((c) => c.id === id);
  if (order === undefined || one === undefined || each === undefined)
    throw new Refusal(404, 'malformed', 'no such challenge');
  if (signed.empty) return { body: challengeBody(world, one, each) };
  if (JSON.stringify(signed.payload) !== '{}') throw new Refusal(400, 'malformed', 'the answer must be {}');
  each.answered++;
  if (each.status === 'pending') {
    each.status = 'processing';
    const keyAuthorization = `${one.token}.${signed.thumbprint}`;
    void validate(world, order, one, each, keyAuthorization);
  }
  return { body: challengeBody(world, one, each) };
}

async function validate(
  world: World,
  order: StrictOrder,
  one: StrictAuthorization,
  each: StrictAuthorization['challenges'][number],
  keyAuthorization: string,
): Promise<void> {
  const { validation } = world.script;
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

export function authorization(world: World, id: string): StrictAuthorization {
  const found = world.state.orders
    .flatMap(({ authorizations }) => authorizations)
    .find((one) => one.id === id);
  if (found === undefined) throw new Refusal(404, 'malformed', 'no such authorization');
  return found;
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
