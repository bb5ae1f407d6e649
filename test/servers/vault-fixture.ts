import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Capabilities by path: `{ 'kv/data/*': ['read'] }`. */
type Rules = Record<string, string[]>;

interface RoleWish {
  rules: Rules;
  tokenTtl?: string;
  tokenMaxTtl?: string;
  secretIdUses?: number;
  tokenUses?: number;
}

/** Sets up a Vault or OpenBao for a test, whichever it is, and takes all of it away again. */
export interface VaultFixture {
  url: string;
  caPem: string | null;
  /** Mounts, roles and policies are named after it, so that they are nobody else's. */
  prefix: string;
  mountKv(path: string, version: 1 | 2): Promise<void>;
  mountOther(path: string, type: string): Promise<void>;
  put(mount: string, version: 1 | 2, path: string, record: Record<string, unknown>): Promise<void>;
  /** The newest version (KV version 2). */
  deleteLatest(mount: string, path: string): Promise<void>;
  destroy(mount: string, path: string, version: number): Promise<void>;
  enableAppRole(authMount: string): Promise<void>;
  makeRole(authMount: string, name: string, wish: RoleWish): Promise<{ roleId: string }>;
  makeSecretId(authMount: string, role: string): Promise<string>;
  makeWrappedSecretId(authMount: string, role: string): Promise<string>;
  /** A wrapping token with the answer of a read in it. */
  wrapRead(path: string): Promise<string>;
  makeToken(wish: {
    rules: Rules;
    ttl?: string;
    uses?: number;
    renewable?: boolean;
    type?: 'service' | 'batch';
    noDefaultPolicy?: boolean;
  }): Promise<string>;
  revoke(token: string): Promise<void>;
  cleanUp(): Promise<void>;
}

type Body = Record<string, unknown>;
interface Answer {
  status: number;
  json: {
    data?: Record<string, unknown> | null;
    auth?: { client_token: string } | null;
    wrap_info?: { token: string } | null;
    errors?: string[];
  };
}

/** By the API alone: works for the strict server as for a real one. `namespace` must exist. */
export function fixtureOverApi(server: {
  url: string;
  caPem: string | null;
  token: string;
  prefix: string;
  namespace?: string;
}): VaultFixture {
  const undo: (() => Promise<unknown>)[] = [];
  let policies = 0;

  async function ask(method: string, path: string, body?: Body, wrapTtl?: string): Promise<Answer> {
    const answer = await send(server, method, path, body, wrapTtl);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${(answer.json.errors ?? []).join('; ')}`);
    return answer;
  }

  async function policy(rules: Rules): Promise<string> {
    const name = `${server.prefix}-${++policies}`;
    const path = Object.fromEntries(
      Object.entries(rules).map(([rule, capabilities]) => [rule, { capabilities }]),
    );
    await ask('POST', `sys/policies/acl/${name}`, { policy: JSON.stringify({ path }) });
    undo.push(() => ask('DELETE', `sys/policies/acl/${name}`));
    return name;
  }

  async function mount(path: string, body: Body): Promise<void> {
    await ask('POST', `sys/mounts/${path}`, body);
    undo.push(() => ask('DELETE', `sys/mounts/${path}`));
  }

  return {
    url: server.url,
    caPem: server.caPem,
    prefix: server.prefix,
    mountKv: (path, version) => mount(path, { type: 'kv', options: { version: String(version) } }),
    mountOther: (path, type) => mount(path, { type }),
    async put(at, version, path, record) {
      const write = () =>
        version === 1
          ? ask('POST', `${at}/${path}`, record)
          : ask('POST', `${at}/data/${path}`, { data: record });
      await patiently(write);
    },
    deleteLatest: async (at, path) => void (await ask('DELETE', `${at}/data/${path}`)),
    destroy: async (at, path, version) =>
      void (await ask('POST', `${at}/destroy/${path}`, { versions: [version] })),
    async enableAppRole(authMount) {
      await ask('POST', `sys/auth/${authMount}`, { type: 'approle' });
      undo.push(() => ask('DELETE', `sys/auth/${authMount}`));
    },
    async makeRole(authMount, name, wish) {
      const at = `auth/${authMount}/role/${name}`;
      await ask('POST', at, {
        token_policies: [await policy(wish.rules)],
        ...(wish.tokenTtl === undefined ? {} : { token_ttl: wish.tokenTtl }),
        ...(wish.tokenMaxTtl === undefined ? {} : { token_max_ttl: wish.tokenMaxTtl }),
        ...(wish.tokenUses === undefined ? {} : { token_num_uses: wish.tokenUses }),
        ...(wish.secretIdUses === undefined ? {} : { secret_id_num_uses: wish.secretIdUses }),
      });
      const { json } = await ask('GET', `${at}/role-id`);
      return { roleId: String(json.data?.role_id) };
    },
    async makeSecretId(authMount, role) {
      const { json } = await ask('POST', `auth/${authMount}/role/${role}/secret-id`, {});
      return String(json.data?.secret_id);
    },
    async makeWrappedSecretId(authMount, role) {
      const { json } = await ask('POST', `auth/${authMount}/role/${role}/secret-id`, {}, '5m');
      return String(json.wrap_info?.token);
    },
    async wrapRead(path) {
      const { json } = await ask('GET', path, undefined, '5m');
      return String(json.wrap_info?.token);
    },
    async makeToken(wish) {
      const { json } = await ask('POST', 'auth/token/create', {
        policies: [await policy(wish.rules)],
        ttl: wish.ttl ?? '1h',
        ...(wish.uses === undefined ? {} : { num_uses: wish.uses }),
        ...(wish.renewable === undefined ? {} : { renewable: wish.renewable }),
        ...(wish.type === undefined ? {} : { type: wish.type }),
        ...(wish.noDefaultPolicy === undefined ? {} : { no_default_policy: wish.noDefaultPolicy }),
      });
      const made = String(json.auth?.client_token);
      // batch tokens cannot be revoked, and some tests revoke theirs
      undo.push(() => ask('POST', 'auth/token/revoke', { token: made }).catch(() => null));
      return made;
    },
    revoke: async (token) => void (await ask('POST', 'auth/token/revoke', { token })),
    async cleanUp() {
      for (const step of undo.reverse()) await step();
    },
  };
}

/** A KV mount of version 2 refuses for a moment after it was made. */
async function patiently(write: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await write();
      return;
    } catch (thrown) {
      if (attempt === 20 || !/upgrad/i.test(String(thrown))) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

function send(
  server: { url: string; caPem: string | null; token: string; namespace?: string },
  method: string,
  path: string,
  body: Body | undefined,
  wrapTtl: string | undefined,
): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const url = `${server.url}/v1/${path.split('/').map(encodeURIComponent).join('/')}`;
  const secure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const sent = (secure ? httpsRequest : httpRequest)(
      url,
      {
        method,
        ...(server.caPem === null ? {} : { ca: server.caPem }),
        agent: false,
        headers: {
          'x-vault-request': 'true',
          'x-vault-token': server.token,
          ...(server.namespace === undefined ? {} : { 'x-vault-namespace': server.namespace }),
          ...(wrapTtl === undefined ? {} : { 'x-vault-wrap-ttl': wrapTtl }),
          ...(text === '' ? {} : { 'content-type': 'application/json' }),
        },
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const said = Buffer.concat(parts).toString('utf8');
          resolve({
            status: answer.statusCode ?? 0,
            json: said === '' ? {} : (JSON.parse(said) as Answer['json']),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}
