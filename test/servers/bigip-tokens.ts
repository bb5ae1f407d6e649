import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal, type User, type World } from './bigip-world.ts';

const mostTokens = 100;
const longestLife = 36_000;

/** `POST /mgmt/shared/authn/login`: the one request that needs nothing to be shown. */
export function logIn(world: World, body: Record<string, unknown>): unknown {
  const { username, password, loginProviderName, ...others } = body;
  if (Object.keys(others).length > 0 || typeof username !== 'string' || loginProviderName !== 'tmos')
    throw new Refusal(400, 'Bad login request.');
  const user = world.users.get(username);
  if (user === undefined || user.password !== password) throw new Refusal(401, 'Authentication failed.');
  forgetOld(world);
  if ([...world.tokens.values()].filter((token) => token.user === username).length >= mostTokens)
    throw new Refusal(400, `user ${username} has reached maximum active login tokens`);
  const token = randomBytes(13).toString('hex').toUpperCase();
  world.tokens.set(token, { user: username, until: world.now() + world.tokenLife * 1000 });
  return {
    ...{ username, loginProviderName, generation: 0, lastUpdateMicros: 0 },
    token: {
      ...tokenBody(world, token),
      user: { link: `https://localhost/mgmt/shared/authz/users/${username}` },
    },
  };
}

function tokenBody({ tokens, now }: World, token: string) {
  const { user = '', until = 0 } = tokens.get(token) ?? {};
  return {
    ...{ token, name: token, userName: user, authProviderName: 'tmos', partition: '[All]', generation: 1 },
    timeout: Math.round((until - now()) / 1000),
    ...{ lastUpdateMicros: now() * 1000, expirationMicros: until * 1000 },
    kind: 'shared:authz:tokens:authtokenitemstate',
    selfLink: `https://localhost/mgmt/shared/authz/tokens/${token}`,
  };
}

function forgetOld({ tokens, now }: World): void {
  for (const [token, { until }] of tokens) if (until <= now()) tokens.delete(token);
}

/** Who asks. 401 in the words of the product. */
export function authorized(world: World, { headers, url = '' }: IncomingMessage): User & { name: string } {
  forgetOld(world);
  const token = headers['x-f5-auth-token'];
  const name =
    typeof token === 'string' ? world.tokens.get(token)?.user : byPassword(world, headers.authorization);
  if (name === undefined)
    throw new Refusal(
      401,
      typeof token === 'string'
        ? 'X-F5-Auth-Token does not exist.'
        : `Authorization failed: no user authentication header or token detected. Uri:http://localhost:8100${url} Referrer:Unknown Sender:127.0.0.1`,
    );
  return { name, ...(world.users.get(name) as User) };
}

function byPassword({ users }: World, header: string | undefined): string | undefined {
  const [, encoded] = /^Basic (\S+)$/.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [name = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return users.get(name)?.password === password.join(':') ? name : undefined;
}

/** `/mgmt/shared/authz/tokens/<token>`: given back, or extended. */
export function token(world: World, method: string, name: string, body: Record<string, unknown>): unknown {
  const found = world.tokens.get(name);
  if (found === undefined)
    throw new Refusal(404, `Public URI path not registered: /shared/authz/tokens/${name}`);
  const before = tokenBody(world, name);
  if (method === 'GET') return before;
  if (method === 'DELETE') {
    world.tokens.delete(name);
    return before;
  }
  const { timeout } = body;
  if (method !== 'PATCH' || typeof timeout !== 'number') throw new Refusal(400, 'Bad token request.');
  if (timeout > longestLife) throw new Refusal(406, `Token timeout must not exceed ${longestLife} seconds.`);
  found.until = world.now() + timeout * 1000;
  return tokenBody(world, name);
}

/** Uploads, shells and what changes files are for this role alone. */
export function mustBeAdministrator({ name, role }: User & { name: string }, path: string): void {
  if (role !== 'admin')
    throw new Refusal(
      401,
      `Authorization failed: user=https://localhost/mgmt/shared/authz/users/${name} resource=${path} verb=POST`,
    );
}

/** What changes the configuration. */
export function mustBeManager({ role }: User): void {
  if (role === 'guest')
    throw new Refusal(
      403,
      'Operation is not supported on component. User does not have modify access to object.',
    );
}
