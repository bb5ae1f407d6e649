import { randomUUID } from 'node:crypto';
import {
  allowed,
  fields,
  mustBe,
  noToken,
  type Routes,
  type StrictAnswer,
  type StrictCall,
  VaultRefusal,
} from './vault-strict-call.ts';
import { longestTtl, type StrictRole } from './vault-strict-state.ts';
import { authOf } from './vault-strict-tokens.ts';

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
