import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Answer, incident, json, pairs, Refusal, type World } from './secret-server-world.ts';

function form(
  world: World,
  request: IncomingMessage,
  search: string,
  body: string,
  names: string[],
): Record<string, string> {
  if (request.method !== 'POST') incident(world, `${request.method} at the token address`);
  if (request.headers['content-type'] !== 'application/x-www-form-urlencoded')
    incident(world, `content-type ${request.headers['content-type']}`);
  if (request.headers.accept !== 'application/json') incident(world, `accept ${request.headers.accept}`);
  if (request.headers.authorization !== undefined) incident(world, 'a login with a token');
  if (search !== '') incident(world, 'a login with a query');
  return pairs(world, body, names);
}

/** With user and password of the Secret Server. */
export function login(world: World, request: IncomingMessage, search: string, body: string): Answer {
  const sent = form(world, request, search, body, ['grant_type', 'username', 'password', 'domain']);
  if (sent.grant_type !== 'password') throw new Refusal(400, { error: 'unsupported_grant_type' });
  return grant(world, sent.username ?? '', sent.password ?? '', sent.domain);
}

/** With a client of the Delinea Platform. */
export function platformLogin(world: World, request: IncomingMessage, search: string, body: string): Answer {
  const sent = form(world, request, search, body, ['grant_type', 'scope', 'client_id', 'client_secret']);
  if (sent.grant_type !== 'client_credentials') throw new Refusal(400, { error: 'unsupported_grant_type' });
  if (sent.scope !== 'xpmheadless') throw new Refusal(400, { error: 'invalid_scope' });
  return grant(world, sent.client_id ?? '', sent.client_secret ?? '', undefined);
}

function grant(world: World, given: string, password: string, domain: string | undefined): Answer {
  const [, before, after] = /^([^\\]+)\\(.+)$/.exec(given) ?? [];
  const name = after ?? given;
  const user = world.state.users[name];
  const lockAfter = world.options.lockAfter ?? 3;
  const count = world.wrong.get(name) ?? 0;
  const right = user?.password === password && (user.domain ?? '') === (domain ?? before ?? '');
  if (!right || count >= lockAfter) {
    world.state.logins.bad++;
    world.wrong.set(name, count + 1);
    if (count + 1 === lockAfter)
      incident(world, `wrong login number ${lockAfter} for ${name}: the account is locked`);
    throw new Refusal(400, { error: 'Login failed.' });
  }
  world.state.logins.good++;
  world.wrong.delete(name);
  const token = randomBytes(24).toString('base64url');
  const seconds = world.options.tokenSeconds ?? 1200;
  world.tokens.set(token, { user: name, endsAt: world.now() + seconds * 1000, revoked: false });
  return json({
    access_token: token,
    token_type: 'bearer',
    expires_in: seconds,
    refresh_token: 'never used',
  });
}

/** The user of the token, or a Refusal. */
export function authorized(world: World, request: IncomingMessage): string {
  const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const known = world.tokens.get(token);
  if (known === undefined) incident(world, 'a token that was never given');
  else if (!known.revoked && world.now() >= known.endsAt) incident(world, 'a token used after its end');
  const stale = known === undefined || known.revoked || world.now() >= known.endsAt;
  if (stale)
    throw new Refusal(world.options.staleStatus ?? 401, {
      message: 'Authentication failed or expired token.',
    });
  return known.user;
}

/** The vaults of the platform; the second one is this server. */
export function vaults(world: World, request: IncomingMessage): Answer {
  authorized(world, request);
  const other = {
    vaultId: 'v0',
    isDefault: false,
    isActive: true,
    connection: { url: 'https://other.invalid' },
  };
  const own = { vaultId: 'v1', isDefault: true, isActive: true, connection: { url: `${world.base}/vault/` } };
  return json({ vaults: [other, own] });
}
