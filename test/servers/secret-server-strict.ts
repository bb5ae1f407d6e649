import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  SecretServerOptions,
  SecretServerStrict,
  StrictItem,
  StrictSecret,
} from './secret-server-script.ts';
import { makeTlsMaterial, type TlsMaterial } from './tls-material.ts';

class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

const accessDenied = () =>
  new Refusal(400, { message: 'Access Denied', errorCode: 'API_AccessDenied', modelState: null });
const hiddenValue = '*** Not Valid For Display ***';

/** A Secret Server that looks at every part of a request and answers as the real one is documented to. */
export async function startSecretServerStrict(options: SecretServerOptions): Promise<SecretServerStrict> {
  const root = options.path ?? '/SecretServer';
  const now = options.now ?? (() => Date.now());
  const platform = options.platform === true;
  const api = `${platform ? '/vault' : root}/api/v1`;
  const tokens = new Map<string, { user: string; endsAt: number; revoked: boolean }>();
  const wrong = new Map<string, number>();
  const held = new Map<number, string>();
  const state: Omit<SecretServerStrict, 'url' | 'caPem' | 'revokeTokens' | 'stop'> = {
    ...{ secrets: options.secrets, users: options.users, requests: [], restricted: [] },
    ...{ incidents: [], canned: [], logins: { good: 0, bad: 0 } },
  };
  const incident = (what: string) => void state.incidents.push(what);
  let base = '';

  const { certificatePem, keyPem, rootPem } = options.tls ?? (await madeTls());
  const server = createServer({ cert: certificatePem, key: keyPem }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => handle(request, response, Buffer.concat(parts).toString('utf8')));
  });

  function handle(request: IncomingMessage, response: ServerResponse, body: string): void {
    const [path = '', search = ''] = (request.url ?? '').split('?');
    state.requests.push(`${request.method} ${path.replace(root, '')}`);
    const canned = state.canned.findIndex(({ at }) => at === undefined || path.includes(at));
    const [said] = canned < 0 ? [] : state.canned.splice(canned, 1);
    if (said !== undefined) {
      response.writeHead(said.status, { 'content-type': said.type ?? 'text/html', ...said.headers });
      response.end(said.body ?? '');
      return;
    }
    try {
      const { type = 'application/json; charset=utf-8', content } = route(request, path, search, body);
      response.writeHead(200, { 'content-type': type }).end(content);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      const isText = typeof thrown.body === 'string';
      response.writeHead(thrown.status, { 'content-type': isText ? 'text/html' : 'application/json' });
      response.end(isText ? thrown.body : JSON.stringify(thrown.body));
    }
  }

  interface Answer {
    content: string | Buffer;
    type?: string;
  }
  const json = (value: unknown): Answer => ({ content: JSON.stringify(value) });

  function route(request: IncomingMessage, path: string, search: string, body: string): Answer {
    if (platform) {
      if (path === `${root}/health`) return { content: '{"healthy":true}' };
      if (path === `${root}/identity/api/oauth2/token/xpmplatform`)
        return platformLogin(request, search, body);
      if (path === `${root}/vaultbroker/api/vaults`) return vaults(request);
    } else {
      if (path === `${root}/api/v1/healthcheck`) return { content: '"Healthy"' };
      if (path === `${root}/oauth2/token`) return login(request, search, body);
    }
    if (!path.startsWith(`${api}/secrets/`)) throw new Refusal(404, '<html><title>404</title></html>');
    const user = authorized(request);
    return secrets(request, user, path.slice(`${api}/secrets/`.length), search, body);
  }

  // ── login ─────────────────────────────────────────────────────────────────────────────────────────────────────

  function form(
    request: IncomingMessage,
    search: string,
    body: string,
    names: string[],
  ): Record<string, string> {
    if (request.method !== 'POST') incident(`${request.method} at the token address`);
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded')
      incident(`content-type ${request.headers['content-type']}`);
    if (request.headers.accept !== 'application/json') incident(`accept ${request.headers.accept}`);
    if (request.headers.authorization !== undefined) incident('a login with a token');
    if (search !== '') incident('a login with a query');
    return pairs(body, names);
  }

  /** Percent-encoded pairs with known names, each once; a plus is no space here. */
  function pairs(text: string, names: string[]): Record<string, string> {
    const found: Record<string, string> = {};
    for (const pair of text === '' ? [] : text.split('&')) {
      const [name = '', value = '', ...more] = pair.split('=');
      if (!names.includes(name)) incident(`parameter “${name}”`);
      if (found[name] !== undefined) incident(`${name} twice`);
      if (more.length > 0 || !/^(?:[A-Za-z0-9\-._~!'()*]|%[0-9A-F]{2})*$/.test(value))
        incident(`${name} is badly encoded: ${pair}`);
      found[name] = decodeURIComponent(value);
    }
    return found;
  }

  function login(request: IncomingMessage, search: string, body: string): Answer {
    const sent = form(request, search, body, ['grant_type', 'username', 'password', 'domain']);
    if (sent.grant_type !== 'password') throw new Refusal(400, { error: 'unsupported_grant_type' });
    return grant(sent.username ?? '', sent.password ?? '', sent.domain);
  }

  function platformLogin(request: IncomingMessage, search: string, body: string): Answer {
    const sent = form(request, search, body, ['grant_type', 'scope', 'client_id', 'client_secret']);
    if (sent.grant_type !== 'client_credentials') throw new Refusal(400, { error: 'unsupported_grant_type' });
    if (sent.scope !== 'xpmheadless') throw new Refusal(400, { error: 'invalid_scope' });
    return grant(sent.client_id ?? '', sent.client_secret ?? '', undefined);
  }

  function grant(given: string, password: string, domain: string | undefined): Answer {
    const [, before, after] = /^([^\\]+)\\(.+)$/.exec(given) ?? [];
    const name = after ?? given;
    const user = state.users[name];
    const lockAfter = options.lockAfter ?? 3;
    const count = wrong.get(name) ?? 0;
    const right = user?.password === password && (user.domain ?? '') === (domain ?? before ?? '');
    if (!right || count >= lockAfter) {
      state.logins.bad++;
      wrong.set(name, count + 1);
      if (count + 1 === lockAfter)
        incident(`wrong login number ${lockAfter} for ${name}: the account is locked`);
      throw new Refusal(400, { error: 'Login failed.' });
    }
    state.logins.good++;
    wrong.delete(name);
    const token = randomBytes(24).toString('base64url');
    const seconds = options.tokenSeconds ?? 1200;
    tokens.set(token, { user: name, endsAt: now() + seconds * 1000, revoked: false });
    return json({
      access_token: token,
      token_type: 'bearer',
      expires_in: seconds,
      refresh_token: 'never used',
    });
  }

  function authorized(request: IncomingMessage): string {
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const known = tokens.get(token);
    if (known === undefined) incident('a token that was never given');
    else if (!known.revoked && now() >= known.endsAt) incident('a token used after its end');
    const stale = known === undefined || known.revoked || now() >= known.endsAt;
    if (stale)
      throw new Refusal(options.staleStatus ?? 401, { message: 'Authentication failed or expired token.' });
    return known.user;
  }

  function vaults(request: IncomingMessage): Answer {
    authorized(request);
    const other = {
      vaultId: 'v0',
      isDefault: false,
      isActive: true,
      connection: { url: 'https://other.invalid' },
    };
    const own = { vaultId: 'v1', isDefault: true, isActive: true, connection: { url: `${base}/vault/` } };
    return json({ vaults: [other, own] });
  }

  // ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────────

  function secrets(
    request: IncomingMessage,
    user: string,
    rest: string,
    search: string,
    body: string,
  ): Answer {
    const [id = '', ...parts] = rest.split('/');
    const query = pairs(search, ['noAutoCheckout', 'secretPath']);
    const found = place(Number(id), query, user);
    const [first, second, third] = parts;
    if (first === 'restricted')
      return restricted(request, found, user, body, second === 'fields' ? third : undefined);
    if (request.method !== 'GET') incident(`${request.method} ${rest}`);
    if (body !== '') incident('a body with GET');
    if (request.headers.accept === undefined) incident('no accept');
    if (first === 'state') return json({ id: found.id, secretState: found.demand ?? 'None', actions: [] });
    if (first === 'fields') return field(found, second ?? '', demandOf(found, user));
    if (first !== undefined) incident(`nothing at ${rest}`);
    if (query.noAutoCheckout !== 'true' && /Checkout/.test(found.demand ?? ''))
      incident('checked out by a plain read');
    const demand = demandOf(found, user);
    return demand === null ? json(shown(found)) : demanded(found, demand);
  }

  function place(id: number, query: Record<string, string>, user: string): StrictSecret {
    if ((id === 0) !== (query.secretPath !== undefined)) incident(`id ${id} with path ${query.secretPath}`);
    if (query.secretPath !== undefined && !query.secretPath.startsWith('\\'))
      incident(`path ${query.secretPath}`);
    const found = state.secrets.find((one) => (id === 0 ? one.path === query.secretPath : one.id === id));
    if (found === undefined || !(found.viewers ?? [user]).includes(user)) throw accessDenied();
    return found;
  }

  const demandOf = (found: StrictSecret, user: string): string | null =>
    found.demand === undefined || held.get(found.id) === user ? null : found.demand;

  function demanded(found: StrictSecret, demand: string): Answer {
    switch (found.toldBy ?? 'codes') {
      case 'codes':
        return json({ ...shown(found), items: [], responseCodes: [demand] });
      case 'words':
        throw new Refusal(400, { message: 'The secret is restricted.', errorCode: `API_${demand}` });
      case 'state':
        throw accessDenied();
    }
  }

  function restricted(
    request: IncomingMessage,
    found: StrictSecret,
    user: string,
    body: string,
    slug: string | undefined,
  ): Answer {
    if (request.method !== 'POST') incident(`${request.method} restricted`);
    if (request.headers['content-type'] !== 'application/json') incident('a restricted read without JSON');
    const args = JSON.parse(body) as Record<string, unknown>;
    const names = ['comment', 'forceCheckIn', 'includeInactive', 'noAutoCheckout'];
    for (const name of Object.keys(args)) if (!names.includes(name)) incident(`argument ${name}`);
    if (args.forceCheckIn === true) incident('taken from somebody by force');
    state.restricted.push(args);
    const { demand } = found;
    const open = demand === undefined || /^Requires(Comment|Checkout|CheckoutAndComment)$/.test(demand);
    if (!open) throw new Refusal(400, { message: 'Not allowed', errorCode: `API_${demand}` });
    if (typeof args.comment !== 'string' || args.comment === '') throw accessDenied();
    if (found.checkedOutBy !== undefined)
      throw new Refusal(400, {
        message: `Secret is checked out by ${found.checkedOutBy}`,
        errorCode: 'API_Error',
      });
    if (slug !== undefined) return field(found, slug, null);
    const checksOut = /Checkout/.test(demand ?? '');
    if (checksOut && args.noAutoCheckout !== false) throw accessDenied();
    if (checksOut) held.set(found.id, user);
    return json(shown(found));
  }

  function shown(found: StrictSecret): Record<string, unknown> {
    return {
      id: found.id,
      name: found.path.split('\\').at(-1),
      secretTemplateName: found.template ?? 'Unix Account (SSH)',
      active: found.active ?? true,
      checkedOut: held.has(found.id),
      checkOutEnabled: /Checkout/.test(found.demand ?? ''),
      checkOutMinutesRemaining: held.has(found.id) ? 30 : 0,
      lastHeartBeatStatus: found.heartBeat ?? 'Success',
      responseCodes: [],
      items: found.items.map(itemOf),
    };
  }

  function field(found: StrictSecret, slug: string, demand: string | null): Answer {
    const item = found.items.find((one) => one.slug === decodeURIComponent(slug));
    if (item === undefined || demand !== null) throw accessDenied();
    if (item.isFile === true) return { content: item.value, type: 'application/octet-stream' };
    return json(item.value);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    ...{ ...state, url: base + root, caPem: rootPem },
    revokeTokens() {
      for (const token of tokens.values()) token.revoked = true;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function madeTls(): Promise<TlsMaterial> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-secret-server-'));
  try {
    return await makeTlsMaterial(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function itemOf(item: StrictItem, index: number): Record<string, unknown> {
  const { slug, value, isPassword = false, isFile = false } = item;
  return {
    ...{ itemId: 100 + index, fieldId: 200 + index, fieldName: slug, slug, isPassword, isFile },
    itemValue: isFile ? hiddenValue : value,
    fileAttachmentId: isFile && value !== '' ? 300 + index : null,
    filename: isFile && value !== '' ? `${slug}.pem` : '',
    ...{ isNotes: false, isList: false, listType: 'None' },
  };
}
