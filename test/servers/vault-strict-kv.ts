import {
  allowed,
  fields,
  mustBe,
  type Routes,
  type StrictAnswer,
  type StrictCall,
  VaultRefusal,
} from './vault-strict-call.ts';
import type { KvVersion, StrictMount } from './vault-strict-state.ts';

type Kv1 = Extract<StrictMount, { version: 1 }>;
type Kv2 = Extract<StrictMount, { version: 2 }>;

const capabilities: Record<string, string> = {
  GET: 'read',
  POST: 'update',
  PUT: 'update',
  DELETE: 'delete',
};
const nothing = () => new VaultRefusal(404, []);

/** The mount that holds a path: its path with a slash at the end, and the rest. */
export function mountOf(
  call: StrictCall,
  path: string,
): { at: string; mount: StrictMount; rest: string } | null {
  for (const [at, mount] of call.namespace.mounts)
    if (`${path}/`.startsWith(at)) return { at, mount, rest: path.slice(at.length) };
  return null;
}

export function kvRoute(routes: Routes, call: StrictCall): StrictAnswer {
  allowed(routes, call, capabilities[call.method] ?? 'none');
  const found = mountOf(call, call.path);
  if (found === null || found.mount.type !== 'kv')
    throw new VaultRefusal(404, [`no handler for route "${call.path}". route entry not found.`]);
  const { mount, rest } = found;
  if (mount.version === 1) return kv1(call, mount, rest);
  return kv2(routes, call, mount, rest);
}

function kv1(call: StrictCall, mount: Kv1, rest: string): StrictAnswer {
  mustBe(call, 'GET', 'POST', 'PUT', 'DELETE');
  if (call.query.size > 0) throw new VaultRefusal(400, ['unknown query']);
  if (call.method === 'DELETE') {
    mount.secrets.delete(rest);
    return { data: null };
  }
  if (call.method !== 'GET') {
    mount.secrets.set(rest, call.body ?? {});
    return { data: null };
  }
  const data = mount.secrets.get(rest);
  if (data === undefined) throw nothing();
  return { data };
}

function kv2(routes: Routes, call: StrictCall, mount: Kv2, rest: string): StrictAnswer {
  const [verb = '', ...segments] = rest.split('/');
  const path = segments.join('/');
  const versions = mount.secrets.get(path) ?? [];
  switch (verb) {
    case 'data':
      mustBe(call, 'GET', 'POST', 'DELETE');
      if (call.method === 'GET') return readVersion(call, versions);
      if (call.method === 'DELETE') return change(versions, [versions.length], routes, 'deleted');
      return write(routes, call, mount, path, versions);
    case 'delete':
    case 'destroy': {
      mustBe(call, 'POST', 'PUT');
      const named = (fields(routes, call, { versions: 'object!' }).versions ?? []) as number[];
      return change(versions, named, routes, verb === 'delete' ? 'deleted' : 'destroyed');
    }
    default:
      throw new VaultRefusal(404, [], {
        errors: [],
        warnings: ['Invalid path for a versioned K/V secrets engine.'],
      });
  }
}

function write(
  routes: Routes,
  call: StrictCall,
  mount: Kv2,
  path: string,
  versions: KvVersion[],
): StrictAnswer {
  const { data } = fields(routes, call, { data: 'object!', options: 'object' });
  const made = {
    data: data as Record<string, unknown>,
    createdAt: routes.state.now(),
    deletedAt: null,
    destroyed: false,
  };
  mount.secrets.set(path, [...versions, made]);
  return { data: metadata(made, versions.length + 1) };
}

function readVersion(call: StrictCall, versions: KvVersion[]): StrictAnswer {
  const wanted = Number(call.query.get('version') ?? 0) || versions.length;
  const version = versions[wanted - 1];
  if (version === undefined) throw nothing();
  const gone = version.destroyed || version.deletedAt !== null;
  return {
    status: gone ? 404 : 200,
    data: { data: gone ? null : version.data, metadata: metadata(version, wanted) },
  };
}

function metadata(version: KvVersion, number: number): Record<string, unknown> {
  return {
    created_time: new Date(version.createdAt).toISOString(),
    custom_metadata: null,
    deletion_time: version.deletedAt === null ? '' : new Date(version.deletedAt).toISOString(),
    destroyed: version.destroyed,
    version: number,
  };
}

function change(
  versions: KvVersion[],
  which: number[],
  routes: Routes,
  how: 'deleted' | 'destroyed',
): StrictAnswer {
  for (const number of which) {
    const version = versions[number - 1];
    if (version === undefined) continue;
    if (how === 'deleted') version.deletedAt ??= routes.state.now();
    else Object.assign(version, { destroyed: true, data: null });
  }
  return { data: null };
}
