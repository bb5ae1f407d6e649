import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorized, login, platformLogin, vaults } from './secret-server-logins.ts';
import type { SecretServerOptions, SecretServerStrict } from './secret-server-script.ts';
import { secrets } from './secret-server-secrets.ts';
import { type Answer, Refusal, type World } from './secret-server-world.ts';
import { makeTlsMaterial, type TlsMaterial } from './tls-material.ts';

type Route = (world: World, request: IncomingMessage, search: string, body: string) => Answer;

/** What needs no secret of its own, by its path below the root: of a Secret Server, and of a Delinea Platform. */
const ownRoutes: Record<string, Route> = {
  '/api/v1/healthcheck': () => ({ content: '"Healthy"' }),
  '/oauth2/token': login,
};
const platformRoutes: Record<string, Route> = {
  '/health': () => ({ content: '{"healthy":true}' }),
  '/identity/api/oauth2/token/xpmplatform': platformLogin,
  '/vaultbroker/api/vaults': vaults,
};

/** A Secret Server that looks at every part of a request and answers as the real one is documented to. */
export async function startSecretServerStrict(options: SecretServerOptions): Promise<SecretServerStrict> {
  const world = makeWorld(options);
  const { certificatePem, keyPem, rootPem } = options.tls ?? (await madeTls());
  const server = createServer({ cert: certificatePem, key: keyPem }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => handle(world, request, response, Buffer.concat(parts).toString('utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  world.base = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    ...{ ...world.state, url: world.base + world.root, caPem: rootPem },
    revokeTokens() {
      for (const token of world.tokens.values()) token.revoked = true;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function makeWorld(options: SecretServerOptions): World {
  const root = options.path ?? '/SecretServer';
  return {
    base: '',
    root,
    api: `${options.platform === true ? '/vault' : root}/api/v1`,
    options,
    state: {
      ...{ secrets: options.secrets, users: options.users, requests: [], restricted: [] },
      ...{ incidents: [], canned: [], logins: { good: 0, bad: 0 } },
    },
    ...{ tokens: new Map(), wrong: new Map(), held: new Map() },
    now: options.now ?? (() => Date.now()),
  };
}

function handle(world: World, request: IncomingMessage, response: ServerResponse, body: string): void {
  const [path = '', search = ''] = (request.url ?? '').split('?');
  world.state.requests.push(`${request.method} ${path.replace(world.root, '')}`);
  const canned = world.state.canned.findIndex(({ at }) => at === undefined || path.includes(at));
  const [said] = canned < 0 ? [] : world.state.canned.splice(canned, 1);
  if (said !== undefined) {
    response.writeHead(said.status, { 'content-type': said.type ?? 'text/html', ...said.headers });
    response.end(said.body ?? '');
    return;
  }
  try {
    const { type = 'application/json; charset=utf-8', content } = route(world, request, path, search, body);
    response.writeHead(200, { 'content-type': type }).end(content);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const isText = typeof thrown.body === 'string';
    response.writeHead(thrown.status, { 'content-type': isText ? 'text/html' : 'application/json' });
    response.end(isText ? thrown.body : JSON.stringify(thrown.body));
  }
}

function route(world: World, request: IncomingMessage, path: string, search: string, body: string): Answer {
  const routes = world.options.platform === true ? platformRoutes : ownRoutes;
  const below = path.startsWith(world.root) ? path.slice(world.root.length) : '';
  if (Object.hasOwn(routes, below)) return (routes[below] as Route)(world, request, search, body);
  const place = `${world.api}/secrets/`;
  if (!path.startsWith(place)) throw new Refusal(404, '<html><title>404</title></html>');
  return secrets(world, request, authorized(world, request), path.slice(place.length), search, body);
}

async function madeTls(): Promise<TlsMaterial> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-secret-server-'));
  try {
    return await makeTlsMaterial(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
