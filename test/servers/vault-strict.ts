import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTlsMaterial } from './tls-material.ts';
import { approleRoute } from './vault-strict-approle.ts';
import {
  type Routes,
  readCall,
  type StrictAnswer,
  type StrictCall,
  VaultRefusal,
} from './vault-strict-call.ts';
import { kvRoute } from './vault-strict-kv.ts';
import { StrictState } from './vault-strict-state.ts';
import { sysRoute } from './vault-strict-sys.ts';
import { tokenRoute } from './vault-strict-tokens.ts';
import { envelope, wrap, wrappingRoute } from './vault-strict-wrapping.ts';

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
  /** It says nothing besides its answers. */
  withoutWarnings: boolean;
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
  const vault = new StrictVault(options);
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    void collect(request).then((body) => vault.answer(request, response, body));
  };
  const server =
    tls === null
      ? createHttp(onRequest)
      : createHttps({ cert: tls.certificatePem, key: tls.keyPem }, onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const port = typeof place === 'object' && place !== null ? place.port : 0;
  return Object.assign(vault, {
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`,
    caPem: tls?.rootPem ?? null,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  });
}

interface Said {
  status: number;
  type: string;
  headers: Record<string, string>;
  body: string;
}

/** What it answers, wherever it listens. */
class StrictVault implements Omit<VaultServer, 'url' | 'caPem' | 'stop'> {
  readonly state = new StrictState();
  readonly calls: VaultCallSeen[] = [];
  readonly rootToken: string;
  mode: VaultServer['mode'] = 'active';
  interfere: VaultServer['interfere'] = () => null;
  withoutWarnings = false;
  readonly #routes: Routes;
  readonly #tellsMounts: boolean;

  constructor({ namespaces = [], tellsInvalidTokens = true, tellsMounts = true }: VaultOptions) {
    for (const name of namespaces) this.state.namespace(name);
    this.#routes = { state: this.state, tellsInvalidTokens };
    this.#tellsMounts = tellsMounts;
    const root = { creationTtl: 0, policies: ['root'], displayName: 'root', renewable: false };
    this.rootToken = this.state.makeToken(root).id;
  }

  get incidents(): string[] {
    return this.state.incidents;
  }

  advance(ms: number): void {
    this.state.advance(ms);
  }

  count(wanted: string | RegExp): number {
    const fits = (path: string) => (typeof wanted === 'string' ? path === wanted : wanted.test(path));
    return this.calls.filter(({ path }) => fits(path)).length;
  }

  answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const { method = '', url = '' } = request;
    const path = decodeURI(url.split('?')[0] ?? '').replace(/^\/v1\//, '');
    const interference = this.interfere(method, path);
    if (interference === 'cut') {
      request.socket.destroy();
      return;
    }
    const accessor = this.#accessorOf(request); // before the call: it may spend the token
    const said =
      interference !== null && interference !== 'lose-the-answer'
        ? { headers: {}, body: '', type: 'application/json', ...interference }
        : this.#carryOut(method, url, request, body);
    const namespace = String(request.headers['x-vault-namespace'] ?? '');
    this.calls.push({ method, path, namespace, token: accessor, status: said.status });
    if (interference === 'lose-the-answer') request.socket.destroy();
    else say(response, said);
  }

  #accessorOf({ headers }: IncomingMessage): string | null {
    const token = headers['x-vault-token'];
    return token === undefined ? null : (this.state.tokens.get(String(token))?.accessor ?? 'unknown');
  }

  #carryOut(method: string, url: string, { headers }: IncomingMessage, body: Buffer): Said {
    if (this.mode === 'sealed') return json(503, { errors: ['Vault is sealed'] });
    if (this.mode === 'not-initialised') return json(501, { errors: ['Vault is not initialized'] });
    if (typeof this.mode === 'object')
      return json(307, undefined, { location: `${this.mode.standbyOf}${url}` });
    try {
      const call = readCall(this.state, { method, url, headers, body });
      const found = this.#route(call);
      if ('answer' in found) return json(200, found.answer);
      if (call.wrapTtl !== null) return json(200, wrap(this.#routes, call, found));
      if (found.data === null) return json(204, undefined);
      return json(found.status ?? 200, envelope(this.withoutWarnings ? { ...found, warnings: [] } : found));
    } catch (thrown) {
      if (thrown instanceof VaultRefusal) return json(thrown.status, thrown.body);
      this.incidents.push(`fault: ${String(thrown)}`);
      return json(500, { errors: ['internal error'] });
    }
  }

  #route(call: StrictCall): StrictAnswer | { answer: Record<string, unknown> } {
    const { path } = call;
    const routes = this.#routes;
    if (path === 'sys/wrapping/lookup' || path === 'sys/wrapping/unwrap') return wrappingRoute(routes, call);
    if (path.startsWith('sys/')) return sysRoute(routes, call, this.#tellsMounts);
    if (path.startsWith('auth/token/')) return tokenRoute(routes, call);
    for (const [at, roles] of call.namespace.approles)
      if (path.startsWith(`auth/${at}/`))
        return approleRoute(routes, call, roles, path.slice(`auth/${at}/`.length));
    if (path.startsWith('auth/')) throw new VaultRefusal(403, ['permission denied']);
    return kvRoute(routes, call);
  }
}

function json(status: number, value: unknown, headers: Record<string, string> = {}): Said {
  const body = value === undefined ? '' : JSON.stringify(value);
  return { status, type: 'application/json', headers, body };
}

function say(response: ServerResponse, { status, type, headers, body }: Said): void {
  const kind = body === '' ? {} : { 'content-type': type };
  response.writeHead(status, { 'cache-control': 'no-store', ...kind, ...headers });
  response.end(body);
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
