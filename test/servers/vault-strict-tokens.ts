import {
  allowed,
  fields,
  mustBe,
  type Routes,
  type StrictAnswer,
  type StrictCall,
  VaultRefusal,
} from './vault-strict-call.ts';
import { longestTtl, type StrictToken } from './vault-strict-state.ts';

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
    num_uses: state.tokens.has(token.id) ? token.uses : -1,
    orphan: false,
    path: token.path,
    policies: token.policies,
    renewable: token.renewable,
    ttl: left,
    ...(token.period > 0 ? { period: token.period } : {}),
    type: token.type,
  };
}

function renew(routes: Routes, call: StrictCall, token: StrictToken): StrictAnswer {
  const { increment } = fields(routes, call, { increment: 'duration' });
  if (token.type === 'batch') throw new VaultRefusal(400, ['batch tokens cannot be renewed']);
  if (!token.renewable || token.endsAt === null) throw new VaultRefusal(400, ['lease is not renewable']);
  const now = routes.state.now();
  if (token.period > 0) {
    token.endsAt = now + token.period * 1000;
    return { auth: authOf(token, token.period) };
  }
  const asked = Number(increment ?? token.creationTtl);
  const longest = token.maxTtl === 0 ? longestTtl : token.maxTtl;
  const most = Math.round((token.createdAt + longest * 1000 - now) / 1000);
  const lease = Math.min(asked, most);
  token.endsAt = now + lease * 1000;
  const warnings = lease < asked ? [`TTL of "${asked}s" exceeded the effective max_ttl of "${most}s"`] : [];
  return { auth: authOf(token, lease), warnings };
}

/** What a log-in and a new token are answered with. */
export function authOf(token: StrictToken, lease = token.creationTtl): Record<string, unknown> {
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
    period: 'duration',
    num_uses: 'number',
    renewable: 'boolean',
    explicit_max_ttl: 'duration',
    no_default_policy: 'boolean',
    no_parent: 'boolean',
    type: 'string',
    display_name: 'string',
  });
  const policies = (asked.policies as string[] | undefined) ?? parent.policies;
  const period = Number(asked.period ?? 0);
  const ttl = period > 0 ? period : Number(asked.ttl ?? longestTtl);
  const type = asked.type === 'batch' ? 'batch' : 'service';
  const token = routes.state.makeToken({
    creationTtl: ttl,
    period,
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
