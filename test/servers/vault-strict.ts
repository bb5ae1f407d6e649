import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTlsMaterial } from './tls-material.ts';
import { approleRoute, envelope, tokenRoute, wrappingRoute } from './vault-strict-auth.ts';
import {
  noToken,
  type Routes,
  readCall,
  type StrictAnswer,
  type StrictCall,
  VaultRefusal,
} from './vault-strict-call.ts';
import { kvRoute } from './vault-strict-kv.ts';
import { StrictState } from './vault-strict-state.ts';
import { sysRoute } from './vault-strict-sys.ts';

interface VaultOptions {
  /** Default true. */
  tls?: boolean;
  /** Newer servers say `invalid token` beside `permission denied`. Default true. */
  tellsInvalidTokens?: boolean;
  /** Servers from before `sys/internal/ui/mounts` do not. Default true. */
  tellsMounts?: boolean;
  /** Namespaces below the root one, `team1/prod`. */
  namespaces?: string[];
}

/** Without secrets: the token is told by its accessor. */
interface VaultCallSeen {
  method: string;
  path: string;
  namespace: string;
  token: string | null;
  status: number;
}

/** Said or done instead of what was asked for. */
type Interference =
  | { status: number; body?: string; type?: string; headers?: Record<string, string> }
  /** The call is carried out and its answer is lost on the way. */
  | 'lose-the-answer'
  /** The line is cut before anything happens. */
  | 'cut';

export interface VaultServer {
  url: string;
  /** Null without TLS. */
  caPem: string | null;
  rootToken: string;
  state: StrictState;
  calls: VaultCallSeen[];
  incidents: string[];
  mode: 'active' | 'sealed' | 'not-initialised' | { standbyOf: string };
  /** Asked for each call; null: nothing special. */
  interfere: (method: string, path: string) => Interference | null;
  /** Time passes for the server alone. */
  advance(ms: number): void;
  /** How often a path was called. */
  count(path: string | RegExp): number;
  stop(): Promise<void>;
}

/** A small Vault that is strict about every header, field and order, written from the documentation of its API. */
export async function startVault(options: VaultOptions = {}): Promise<VaultServer> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-vault-'));
  const tls = options.tls === false ? null : await makeTlsMaterial(directory);
  const state = new StrictState();
  for (const name of options.namespaces ?? []) state.namespace(name);
  const routes: Routes = { state, tellsInvalidTokens: options.tellsInvalidTokens ?? true };
  const root = state.makeToken({ creationTtl: 0, policies: ['root'], displayName: 'root', renewable: false });

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    void collect(request).then((body) => answer(request, response, body));
  };
  const server =
    tls === null
      ? createHttp(onRequest)
      : createHttps({ cert: tls.certificatePem, key: tls.keyPem }, onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const port = typeof place === 'object' && place !== null ? place.port : 0;

  const vault: VaultServer = {
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`,
    caPem: tls?.rootPem ?? null,
    rootToken: root.id,
    state,
    calls: [],
    incidents: state.incidents,
    mode: 'active',
    interfere: () => null,
    advance: (ms) => state.advance(ms),
    count: (wanted) =>
      vault.calls.filter(({ path }) => (typeof wanted === 'string' ? path === wanted : wanted.test(path)))
        .length,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };

  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const { method = '', url = '' } = request;
    const path = decodeURI(url.split('?')[0] ?? '').replace(/^\/v1\//, '');
    const interference = vault.interfere(method, path);
    if (interference === 'cut') {
      request.socket.destroy();
      return;
    }
    const token = request.headers['x-vault-token'];
    const accessor = state.tokens.get(String(token))?.accessor ?? 'unknown';
    const said =
      interference !== null && interference !== 'lose-the-answer'
        ? { headers: {}, body: '', type: 'application/json', ...interference }
        : carryOut(method, url, request, body);
    vault.calls.push({
      method,
      path,
      namespace: String(request.headers['x-vault-namespace'] ?? ''),
      token: token === undefined ? null : accessor,
      status: said.status,
    });
    if (interference === 'lose-the-answer') {
      request.socket.destroy();
      return;
    }
    response.writeHead(said.status, {
      'cache-control': 'no-store',
      ...(said.body === '' ? {} : { 'content-type': said.type }),
      ...said.headers,
    });
    response.end(said.body);
  }

  function carryOut(method: string, url: string, request: IncomingMessage, body: Buffer) {
    const json = (status: number, value: unknown, headers: Record<string, string> = {}) => ({
      status,
      type: 'application/json',
      headers,
      body: value === undefined ? '' : JSON.stringify(value),
    });
    if (vault.mode === 'sealed') return json(503, { errors: ['Vault is sealed'] });
    if (vault.mode === 'not-initialised') return json(501, { errors: ['Vault is not initialized'] });
    if (typeof vault.mode === 'object')
      return json(307, undefined, { location: `${vault.mode.standbyOf}${url}` });
    try {
      const call = readCall(state, { method, url, headers: request.headers, body });
      const found = route(call);
      if ('answer' in found) return json(200, found.answer);
      if (call.wrapTtl !== null) return json(200, wrap(call, found));
      if (found.data === null) return json(204, undefined);
      return json(found.status ?? 200, envelope(found));
    } catch (thrown) {
      if (thrown instanceof VaultRefusal) return json(thrown.status, thrown.body);
      state.incidents.push(`fault: ${String(thrown)}`);
      return json(500, { errors: ['internal error'] });
    }
  }

  function route(call: StrictCall): StrictAnswer | { answer: Record<string, unknown> } {
    const { path } = call;
    if (path === 'sys/wrapping/lookup') {
      noToken(routes, call);
      return wrappingRoute(routes, call);
    }
    if (path === 'sys/wrapping/unwrap') return wrappingRoute(routes, call);
    if (path.startsWith('sys/')) return sysRoute(routes, call, options.tellsMounts ?? true);
    if (path.startsWith('auth/token/')) return tokenRoute(routes, call);
    for (const [at, roles] of call.namespace.approles)
      if (path.startsWith(`auth/${at}/`))
        return approleRoute(routes, call, roles, path.slice(`auth/${at}/`.length));
    if (path.startsWith('auth/')) throw new VaultRefusal(403, ['permission denied']);
    return kvRoute(routes, call);
  }

  function wrap(call: StrictCall, found: StrictAnswer): Record<string, unknown> {
    const ttl = call.wrapTtl ?? 0;
    const token = `hvs.${Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64url')}`;
    state.wrapped.set(token, {
      body: envelope(found),
      creationPath: call.path,
      createdAt: state.now(),
      ttl,
      endsAt: state.now() + ttl * 1000,
      namespace: call.namespaceName,
      used: false,
    });
    const creation = new Date(state.now()).toISOString();
    return {
      ...envelope({}),
      wrap_info: { token, accessor: '', ttl, creation_time: creation, creation_path: call.path },
    };
  }

  return vault;
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
