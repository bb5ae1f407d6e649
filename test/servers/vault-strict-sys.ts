import { randomUUID } from 'node:crypto';
import {
  allowed,
  fields,
  mustBe,
  type Routes,
  type StrictAnswer,
  type StrictCall,
  tokenOf,
  VaultRefusal,
} from './vault-strict-call.ts';
import { mountOf } from './vault-strict-kv.ts';
import type { StrictMount } from './vault-strict-state.ts';

/** The calls below `sys/` that need a token: what is mounted, and how an administrator changes it. */
export function sysRoute(routes: Routes, call: StrictCall, tellsMounts: boolean): StrictAnswer {
  const [, kind = '', rest = ''] =
    /^sys\/(internal\/ui\/mounts|mounts|policies\/acl|auth)\/(.+)$/.exec(call.path) ?? [];
  switch (kind) {
    case 'internal/ui/mounts':
      if (!tellsMounts) throw new VaultRefusal(404, ['unsupported path']);
      return tellMount(routes, call, rest);
    case 'mounts':
      return changeMount(routes, call, rest);
    case 'policies/acl':
      return changePolicy(routes, call, rest);
    case 'auth':
      return changeAuth(routes, call, rest);
    default:
      throw new VaultRefusal(404, ['unsupported path']);
  }
}

function tellMount(routes: Routes, call: StrictCall, path: string): StrictAnswer {
  mustBe(call, 'GET');
  const token = tokenOf(routes, call);
  const found = mountOf(call, path);
  if (found === null || !routes.state.seesMount(token, found.at))
    throw new VaultRefusal(403, [
      `preflight capability check returned 403, please ensure client's policies grant access to path "${path}/"`,
    ]);
  const { at, mount } = found;
  const version1 = mount.type === 'kv' && mount.version === 1;
  return {
    data: {
      accessor: `kv_${randomUUID().slice(0, 8)}`,
      config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
      description: '',
      local: false,
      // servers write the version only when somebody gave one
      options: mount.type === 'kv' ? (version1 ? null : { version: '2' }) : null,
      path: at,
      seal_wrap: false,
      type: mount.type === 'kv' ? 'kv' : mount.name,
      uuid: randomUUID(),
    },
  };
}

function changeMount(routes: Routes, call: StrictCall, path: string): StrictAnswer {
  mustBe(call, 'POST', 'DELETE');
  allowed(routes, call, call.method === 'DELETE' ? 'delete' : 'update');
  const { mounts } = call.namespace;
  const at = `${path}/`;
  if (call.method === 'DELETE') {
    mounts.delete(at);
    return { data: null };
  }
  const asked = fields(routes, call, { type: 'string!', options: 'object', description: 'string' });
  for (const known of mounts.keys())
    if (known.startsWith(at) || at.startsWith(known))
      throw new VaultRefusal(400, [`path is already in use at ${known}`]);
  mounts.set(at, madeMount(String(asked.type), (asked.options as { version?: string } | undefined)?.version));
  return { data: null };
}

function madeMount(type: string, version: string | undefined): StrictMount {
  if (type !== 'kv') return { type: 'other', name: type };
  return version === '2'
    ? { type: 'kv', version: 2, secrets: new Map() }
    : { type: 'kv', version: 1, secrets: new Map() };
}

function changePolicy(routes: Routes, call: StrictCall, name: string): StrictAnswer {
  mustBe(call, 'POST', 'DELETE');
  allowed(routes, call, call.method === 'DELETE' ? 'delete' : 'update');
  const { policies } = call.namespace;
  if (call.method === 'DELETE') {
    policies.delete(name);
    return { data: null };
  }
  const { policy } = fields(routes, call, { policy: 'string!' });
  // of the two ways to write a policy, only JSON is read here
  const { path } = JSON.parse(String(policy)) as { path: Record<string, { capabilities: string[] }> };
  const rules = Object.entries(path).map(([rule, { capabilities }]) => [rule, capabilities] as const);
  policies.set(name, Object.fromEntries(rules));
  return { data: null };
}

function changeAuth(routes: Routes, call: StrictCall, path: string): StrictAnswer {
  mustBe(call, 'POST', 'DELETE');
  allowed(routes, call, call.method === 'DELETE' ? 'delete' : 'update');
  const { approles } = call.namespace;
  if (call.method === 'DELETE') {
    approles.delete(path);
    return { data: null };
  }
  const { type } = fields(routes, call, { type: 'string!', description: 'string' });
  if (type !== 'approle') throw new VaultRefusal(400, [`plugin not found in the catalog: ${String(type)}`]);
  if (approles.has(path)) throw new VaultRefusal(400, [`path is already in use at ${path}/`]);
  approles.set(path, new Map());
  return { data: null };
}
