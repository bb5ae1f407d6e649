import { randomUUID } from 'node:crypto';
import {
  allowed,
  fields,
  mustBe,
  noToken,
  type Routes,
  type StrictAnswer,
  type StrictCall,
  tokenOf,
  VaultRefusal,
} from './vault-strict-call.ts';
import { longestTtl, type StrictRole, type StrictToken } from './vault-strict-state.ts';

const accessorRights = ['auth', 'token'];

export function tokenRoute(routes: Routes, call: StrictCall): StrictAnswer {
  const { state } = routes;
  switch (call.path) {
    case 'auth/token/lookup-self':
      mustBe(call, 'GET');
      return { data: looked(routes, allowed(routes, call, 'read')) };
    case 'auth/token/renew-self':
      mustBe(call, 'POST');
      return renew(routes, call, allowed(routes, call, 'update'));
    case 'auth/token/revoke-self': {
      mustBe(call, 'POST');
      if (call.body !== null) state.incidents.push('revoke-self takes no body');
      state.tokens.delete(allowed(routes, call, 'update').id);
      return { data: null };
    }
    case 'auth/token/revoke':
      mustBe(call, 'POST');
      allowed(routes, call, 'update');
      state.tokens.delete(String(fields(routes, call, { token: 'string!' }).token));
      return { data: null };
    case 'auth/token/create':
      mustBe(call, 'POST');
      return create(routes, call, allowed(routes, call, 'update'));
    default:
      throw new VaultRefusal(404, [], { errors: [`unsupported path ${accessorRights.join('/')}`] });
  }
}

function looked({ state }: Routes, token: StrictToken): Record<string, unknown> {
  const left = token.endsAt === null ? 0 : Math.round((token.endsAt - state.now()) / 1000);
  return {
    accessor: token.accessor,
    creation_time: Math.floor(token.createdAt / 1000),
    creation_ttl: token.creationTtl,
    display_name: token.displayName,
    entity_id: '',
    expire_time: token.endsAt === null ? null : new Date(token.endsAt).toISOString(),
    explicit_max_ttl: token.maxTtl,
    id: token.id,
    num_uses: token.uses,
    orphan: false,
    path: token.path,
    policies: token.policies,
    renewable: token.renewable,
    ttl: left,
    type: token.type,
  };
}

function renew(routes: Routes, call: StrictCall, token: StrictToken): StrictAnswer {
  const { increment } = fields(routes, call, { increment: 'duration' });
  if (token.type === 'batch') throw new VaultRefusal(400, ['batch tokens cannot be renewed']);
  if (!token.renewable || token.endsAt === null) throw new VaultRefusal(400, ['lease is not renewable']);
  const now = routes.state.now();
  const asked = Number(increment ?? token.creationTtl);
  const longest = token.maxTtl === 0 ? longestTtl : token.maxTtl;
  const most = Math.round((token.createdAt + longest * 1000 - now) / 1000);
  const lease = Math.min(asked, most);
  token.endsAt = now + lease * 1000;
  const warnings = lease < asked ? [`TTL of "${asked}s" exceeded the effective max_ttl of "${most}s"`] : [];
  return { auth: authOf(token, lease), warnings };
}

function authOf(token: StrictToken, lease = token.creationTtl): Record<string, unknown> {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: {},
    lease_duration: lease,
    renewable: token.renewable,
    entity_id: '',
    token_type: token.type,
    orphan: true,
    mfa_requirement: null,
    num_uses: token.uses,
  };
}

function create(routes: Routes, call: StrictCall, parent: StrictToken): StrictAnswer {
  const asked = fields(routes, call, {
    policies: 'strings',
    ttl: 'duration',
    num_uses: 'number',
    renewable: 'boolean',
    explicit_max_ttl: 'duration',
    no_default_policy: 'boolean',
    no_parent: 'boolean',
    type: 'string',
    display_name: 'string',
  });
  const policies = (asked.policies as string[] | undefined) ?? parent.policies;
  const ttl = Number(asked.ttl ?? longestTtl);
  const type = asked.type === 'batch' ? 'batch' : 'service';
  const token = routes.state.makeToken({
    creationTtl: ttl,
    namespace: call.namespaceName,
    policies: asked.no_default_policy === true ? policies : [...new Set(['default', ...policies])],
    maxTtl: Number(asked.explicit_max_ttl ?? 0),
    renewable: asked.renewable !== false && type === 'service',
    uses: Number(asked.num_uses ?? 0),
    type,
    displayName: `token-${String(asked.display_name ?? 'x')}`,
  });
  return { auth: authOf(token) };
}

/** `<mount>/login`, `<mount>/role/<name>`, `…/role-id`, `…/secret-id`. */
export function approleRoute(
  routes: Routes,
  call: StrictCall,
  roles: Map<string, StrictRole>,
  rest: string,
): StrictAnswer {
  if (rest === 'login') return login(routes, call, roles);
  const [, name = '', verb = ''] = /^role\/([^/]+)(?:\/([a-z-]+))?$/.exec(rest) ?? [];
  if (name === '') throw new VaultRefusal(404, ['unsupported path']);
  if (verb === '') return writeRole(routes, call, roles, name);
  const role = roles.get(name);
  allowed(routes, call, call.method === 'GET' ? 'read' : 'update');
  if (role === undefined) throw new VaultRefusal(404, [`role "${name}" does not exist`]);
  switch (verb) {
    case 'role-id':
      mustBe(call, 'GET');
      return { data: { role_id: role.roleId } };
    case 'secret-id':
      mustBe(call, 'POST');
      fields(routes, call, { metadata: 'string', cidr_list: 'strings' });
      return { data: makeSecretId(routes, role) };
    default:
      throw new VaultRefusal(404, ['unsupported path']);
  }
}

function writeRole(
  routes: Routes,
  call: StrictCall,
  roles: Map<string, StrictRole>,
  name: string,
): StrictAnswer {
  mustBe(call, 'POST', 'DELETE');
  allowed(routes, call, call.method === 'DELETE' ? 'delete' : 'update');
  if (call.method === 'DELETE') {
    roles.delete(name);
    return { data: null };
  }
  const asked = fields(routes, call, {
    token_policies: 'strings',
    token_ttl: 'duration',
    token_max_ttl: 'duration',
    token_num_uses: 'number',
    token_type: 'string',
    token_no_default_policy: 'boolean',
    secret_id_ttl: 'duration',
    secret_id_num_uses: 'number',
  });
  const known = roles.get(name);
  roles.set(name, {
    roleId: known?.roleId ?? randomUUID(),
    secretIds: known?.secretIds ?? new Map(),
    policies: (asked.token_policies as string[] | undefined) ?? known?.policies ?? [],
    tokenTtl: Number(asked.token_ttl ?? known?.tokenTtl ?? longestTtl),
    tokenMaxTtl: Number(asked.token_max_ttl ?? known?.tokenMaxTtl ?? 0),
    tokenUses: Number(asked.token_num_uses ?? known?.tokenUses ?? 0),
    tokenType: asked.token_type === 'batch' ? 'batch' : 'service',
    noDefaultPolicy: asked.token_no_default_policy === true,
    secretIdTtl: Number(asked.secret_id_ttl ?? known?.secretIdTtl ?? 0),
    secretIdUses: Number(asked.secret_id_num_uses ?? known?.secretIdUses ?? 0),
  });
  return { data: null };
}

function makeSecretId({ state }: Pick<Routes, 'state'>, role: StrictRole): Record<string, unknown> {
  const secretId = randomUUID();
  role.secretIds.set(secretId, {
    endsAt: role.secretIdTtl === 0 ? null : state.now() + role.secretIdTtl * 1000,
    usesLeft: role.secretIdUses === 0 ? null : role.secretIdUses,
  });
  return {
    secret_id: secretId,
    secret_id_accessor: randomUUID(),
    secret_id_ttl: role.secretIdTtl,
    secret_id_num_uses: role.secretIdUses,
  };
}

function login(routes: Routes, call: StrictCall, roles: Map<string, StrictRole>): StrictAnswer {
  mustBe(call, 'POST');
  noToken(routes, call);
  const { state } = routes;
  const asked = fields(routes, call, { role_id: 'string!', secret_id: 'string!' });
  const role = [...roles.values()].find(({ roleId }) => roleId === asked.role_id);
  const secretId = role?.secretIds.get(String(asked.secret_id));
  const wrong = new VaultRefusal(400, ['invalid role or secret ID']);
  if (role === undefined || secretId === undefined) throw wrong;
  if (secretId.endsAt !== null && secretId.endsAt <= state.now()) throw wrong;
  if (secretId.usesLeft !== null && --secretId.usesLeft === 0) role.secretIds.delete(String(asked.secret_id));
  const token = state.makeToken({
    creationTtl: role.tokenTtl,
    namespace: call.namespaceName,
    policies: role.noDefaultPolicy ? role.policies : ['default', ...role.policies],
    maxTtl: role.tokenMaxTtl,
    uses: role.tokenUses,
    type: role.tokenType,
    displayName: 'approle',
    path: call.path,
  });
  return { auth: authOf(token) };
}

export function wrappingRoute(routes: Routes, call: StrictCall): { answer: Record<string, unknown> } {
  mustBe(call, 'POST');
  const { state } = routes;
  const inBody = call.body === null ? null : String(fields(routes, call, { token: 'string!' }).token);
  const invalid = new VaultRefusal(400, ['wrapping token is not valid or does not exist']);
  if (call.path === 'sys/wrapping/lookup') {
    const known = state.wrapped.get(inBody ?? call.token ?? '');
    if (known === undefined || known.used || known.endsAt <= state.now()) throw invalid;
    const { creationPath, createdAt, ttl } = known;
    const creation = new Date(createdAt).toISOString();
    return {
      answer: envelope({ data: { creation_path: creationPath, creation_time: creation, creation_ttl: ttl } }),
    };
  }
  if (inBody !== null && call.token === inBody) {
    const known = state.wrapped.get(inBody);
    if (known !== undefined) known.used = true;
    state.incidents.push('a wrapping token stood in the header and in the body: it is revoked');
    throw invalid;
  }
  if (inBody !== null) tokenOf(routes, call);
  const known = state.wrapped.get(inBody ?? call.token ?? '');
  if (known === undefined || known.endsAt <= state.now()) throw invalid;
  if (known.namespace !== call.namespaceName) throw invalid;
  if (known.used) {
    state.incidents.push('a wrapping token was unwrapped a second time');
    throw invalid;
  }
  known.used = true;
  return { answer: known.body };
}

export function envelope(answer: StrictAnswer): Record<string, unknown> {
  return {
    request_id: randomUUID(),
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data: answer.data ?? null,
    wrap_info: null,
    warnings: answer.warnings?.length ? answer.warnings : null,
    auth: answer.auth ?? null,
  };
}
