import type { IncomingHttpHeaders } from 'node:http';
import type { StrictNamespace, StrictState, StrictToken } from './vault-strict-state.ts';

/** A refusal as Vault gives it. */
export class VaultRefusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  constructor(status: number, errors: string[], body?: Record<string, unknown>) {
    super(errors.join('; '));
    this.status = status;
    this.body = body ?? { errors };
  }
}

export interface StrictAnswer {
  status?: number;
  /** Of the envelope; null: 204 without a body. */
  data?: Record<string, unknown> | null;
  auth?: Record<string, unknown>;
  warnings?: string[];
}

export interface StrictCall {
  method: string;
  /** Decoded, without `v1` and slashes at the ends. */
  path: string;
  namespaceName: string;
  namespace: StrictNamespace;
  token: string | null;
  body: Record<string, unknown> | null;
  query: URLSearchParams;
  /** Seconds; null: not wrapped. */
  wrapTtl: number | null;
}

/** What every route is given. */
export interface Routes {
  state: StrictState;
  /** Newer servers say `invalid token` as well. */
  tellsInvalidTokens: boolean;
}

/** Looks at everything a client sends before any route sees it; what is wrong is an incident and a 400. */
export function readCall(
  state: StrictState,
  input: { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer },
): StrictCall {
  const { method, headers, body } = input;
  const wrong = (what: string): never => {
    state.incidents.push(`${method} ${input.url.split('?')[0]}: ${what}`);
    throw new VaultRefusal(400, [what]);
  };
  const [rawPath = '', rawQuery = ''] = input.url.split('?');
  if (!rawPath.startsWith('/v1/')) wrong('the path does not begin with /v1/');
  const segments = rawPath.slice('/v1/'.length).replace(/\/$/, '').split('/').map(decode(wrong));
  if (segments.some((segment) => segment === '')) wrong('there is an empty segment');
  const path = segments.join('/');
  if (path.endsWith('.')) wrong('the path ends with a dot');
  if (/\p{Cc}/u.test(path)) wrong('there are control characters in the path');
  if (headers['x-vault-request'] !== 'true') wrong('X-Vault-Request is missing');
  const known = ['x-vault-request', 'x-vault-token', 'x-vault-namespace', 'x-vault-wrap-ttl'];
  for (const name of Object.keys(headers))
    if (name.startsWith('x-vault-') && !known.includes(name)) wrong(`unknown header ${name}`);
  if (headers.authorization !== undefined) wrong('the token belongs into X-Vault-Token');
  if (['GET', 'DELETE'].includes(method) && body.length > 0) wrong('there is a body');
  if (body.length > 0 && headers['content-type'] !== 'application/json') wrong('the body is not called JSON');
  const name = String(headers['x-vault-namespace'] ?? '').replace(/^\/+|\/+$/g, '');
  const namespace = state.namespaces.get(name);
  if (namespace === undefined) throw new VaultRefusal(403, ['permission denied']);
  const token = headers['x-vault-token'];
  return {
    method,
    path,
    namespaceName: name,
    namespace,
    token: token === undefined ? null : String(token),
    body: body.length === 0 ? null : readBody(body, wrong),
    query: new URLSearchParams(rawQuery),
    wrapTtl:
      headers['x-vault-wrap-ttl'] === undefined ? null : seconds(String(headers['x-vault-wrap-ttl']), wrong),
  };
}

function decode(wrong: (what: string) => never): (segment: string) => string {
  return (segment) => {
    if (!/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-F]{2})*$/.test(segment)) wrong('a segment is not encoded');
    const text = decodeURIComponent(segment);
    if (text === '.' || text === '..') wrong('a segment goes elsewhere');
    return text;
  };
}

function readBody(body: Buffer, wrong: (what: string) => never): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(body.toString('utf8'));
    if (typeof read === 'object' && read !== null && !Array.isArray(read))
      return read as Record<string, unknown>;
  } catch {
    // said below
  }
  return wrong('the body is no JSON object');
}

function seconds(text: string, wrong: (what: string) => never): number {
  const match = /^(\d+)([smhd]?)$/.exec(text);
  if (match === null) return wrong(`${text} is no duration`);
  const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[match[2] ?? ''] ?? 1;
  return Number(match[1]) * unit;
}

type Kind = 'string' | 'number' | 'boolean' | 'duration' | 'strings' | 'object';

/** The body with nothing in it but these fields, each of its kind; `required` ones end with `!`. */
export function fields(
  routes: Routes,
  call: StrictCall,
  shape: Record<string, Kind | `${Kind}!`>,
): Record<string, unknown> {
  const wrong = (what: string): never => {
    routes.state.incidents.push(`${call.method} ${call.path}: ${what}`);
    throw new VaultRefusal(400, [what]);
  };
  const body = call.body ?? {};
  for (const name of Object.keys(body)) if (shape[name] === undefined) wrong(`unknown field ${name}`);
  const read: Record<string, unknown> = {};
  for (const [name, said] of Object.entries(shape)) {
    const value = body[name];
    if (value === undefined) {
      if (said.endsWith('!')) throw new VaultRefusal(400, [`missing ${name}`]);
      continue;
    }
    read[name] = ofKind(said.replace('!', '') as Kind, value, () => wrong(`${name} is of another kind`));
  }
  return read;
}

function ofKind(kind: Kind, value: unknown, wrong: () => never): unknown {
  switch (kind) {
    case 'duration':
      return typeof value === 'number' ? value : typeof value === 'string' ? seconds(value, wrong) : wrong();
    case 'strings':
      if (typeof value === 'string') return value.split(',');
      return Array.isArray(value) && value.every((part) => typeof part === 'string') ? value : wrong();
    case 'object':
      return typeof value === 'object' && value !== null ? value : wrong();
    default:
      return typeof value === kind ? value : wrong();
  }
}

/** The token of the call, which must be allowed to do this. Spends one use. */
export function allowed(routes: Routes, call: StrictCall, capability: string): StrictToken {
  const token = tokenOf(routes, call);
  if (!routes.state.may(token, call.path, capability)) throw new VaultRefusal(403, [noRight]);
  return token;
}

export function tokenOf(routes: Routes, call: StrictCall): StrictToken {
  const token = call.token === null ? null : routes.state.spend(call.token, call.namespaceName);
  if (token !== null) return token;
  const said = routes.tellsInvalidTokens
    ? '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'
    : 'permission denied';
  throw new VaultRefusal(403, [said]);
}

const noRight = '1 error occurred:\n\t* permission denied\n\n';

export function mustBe(call: StrictCall, ...methods: string[]): void {
  if (!methods.includes(call.method)) throw new VaultRefusal(405, ['unsupported operation']);
}

/** Calls without a token: one that is sent along has no business there. */
export function noToken(routes: Routes, call: StrictCall): void {
  if (call.token !== null)
    routes.state.incidents.push(`${call.method} ${call.path}: a token was sent along without need`);
}
