import { sendToVault, type VaultAnswer } from './vault-call.ts';

/** Capabilities by path: `{ 'kv/data/*': ['read'] }`. */
type Rules = Record<string, string[]>;

interface RoleRequest {
  rules: Rules;
  tokenTtl?: string;
  tokenMaxTtl?: string;
  secretIdUses?: number;
  tokenUses?: number;
}

interface TokenRequest {
  rules: Rules;
  ttl?: string;
  /** Renewals give this long, for ever. */
  period?: string;
  uses?: number;
  renewable?: boolean;
  type?: 'service' | 'batch';
  noDefaultPolicy?: boolean;
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
  makeRole(authMount: string, name: string, request: RoleRequest): Promise<{ roleId: string }>;
  makeSecretId(authMount: string, role: string): Promise<string>;
  makeWrappedSecretId(authMount: string, role: string): Promise<string>;
  /** A wrapping token with the answer of a read in it. */
  wrapRead(path: string): Promise<string>;
  makeToken(request: TokenRequest): Promise<string>;
  /** The period of the tokens of a role, those that exist included. Real servers only. */
  setPeriod(role: string, period: string): Promise<void>;
  makeTokenOf(role: string): Promise<string>;
  revoke(token: string): Promise<void>;
  cleanUp(): Promise<void>;
}

type Body = Record<string, unknown>;
interface FixturePlace {
  url: string;
  caPem: string | null;
  token: string;
  prefix: string;
  /** Must exist. */
  namespace?: string;
}

/** By the API alone: works for the strict server as for a real one. */
export const fixtureOverApi = (server: FixturePlace): VaultFixture => new ApiFixture(server);

class ApiFixture implements VaultFixture {
  readonly url: string;
  readonly caPem: string | null;
  readonly prefix: string;
  readonly #server: FixturePlace;
  readonly #undo: (() => Promise<unknown>)[] = [];
  #policies = 0;

  constructor(server: FixturePlace) {
    this.#server = server;
    this.url = server.url;
    this.caPem = server.caPem;
    this.prefix = server.prefix;
  }

  mountKv(path: string, version: 1 | 2): Promise<void> {
    return this.#mount(path, { type: 'kv', options: { version: String(version) } });
  }

  mountOther(path: string, type: string): Promise<void> {
    return this.#mount(path, { type });
  }

  async put(at: string, version: 1 | 2, path: string, record: Body): Promise<void> {
    const write = () =>
      version === 1
        ? this.#ask('POST', `${at}/${path}`, record)
        : this.#ask('POST', `${at}/data/${path}`, { data: record });
    await patiently(write);
  }

  async deleteLatest(at: string, path: string): Promise<void> {
    await this.#ask('DELETE', `${at}/data/${path}`);
  }

  async destroy(at: string, path: string, version: number): Promise<void> {
    await this.#ask('POST', `${at}/destroy/${path}`, { versions: [version] });
  }

  async enableAppRole(authMount: string): Promise<void> {
    await this.#ask('POST', `sys/auth/${authMount}`, { type: 'approle' });
    this.#undo.push(() => this.#ask('DELETE', `sys/auth/${authMount}`));
  }

  async makeRole(authMount: string, name: string, request: RoleRequest): Promise<{ roleId: string }> {
    const at = `auth/${authMount}/role/${name}`;
    await this.#ask('POST', at, {
      token_policies: [await this.#policy(request.rules)],
      ...(request.tokenTtl === undefined ? {} : { token_ttl: request.tokenTtl }),
      ...(request.tokenMaxTtl === undefined ? {} : { token_max_ttl: request.tokenMaxTtl }),
      ...(request.tokenUses === undefined ? {} : { token_num_uses: request.tokenUses }),
      ...(request.secretIdUses === undefined ? {} : { secret_id_num_uses: request.secretIdUses }),
    });
    const { json } = await this.#ask('GET', `${at}/role-id`);
    return { roleId: String(json.data?.role_id) };
  }

  async makeSecretId(authMount: string, role: string): Promise<string> {
    const { json } = await this.#ask('POST', `auth/${authMount}/role/${role}/secret-id`, {});
    return String(json.data?.secret_id);
  }

  async makeWrappedSecretId(authMount: string, role: string): Promise<string> {
    const { json } = await this.#ask('POST', `auth/${authMount}/role/${role}/secret-id`, {}, '5m');
    return String(json.wrap_info?.token);
  }

  async wrapRead(path: string): Promise<string> {
    const { json } = await this.#ask('GET', path, undefined, '5m');
    return String(json.wrap_info?.token);
  }

  async makeToken(request: TokenRequest): Promise<string> {
    const { json } = await this.#ask('POST', 'auth/token/create', {
      policies: [await this.#policy(request.rules)],
      ...(request.period === undefined ? { ttl: request.ttl ?? '1h' } : { period: request.period }),
      ...(request.uses === undefined ? {} : { num_uses: request.uses }),
      ...(request.renewable === undefined ? {} : { renewable: request.renewable }),
      ...(request.type === undefined ? {} : { type: request.type }),
      ...(request.noDefaultPolicy === undefined ? {} : { no_default_policy: request.noDefaultPolicy }),
    });
    const made = String(json.auth?.client_token);
    // batch tokens cannot be revoked, and some tests revoke theirs
    this.#undo.push(() => this.revoke(made).catch(() => null));
    return made;
  }

  async setPeriod(role: string, period: string): Promise<void> {
    await this.#ask('POST', `auth/token/roles/${role}`, { period });
    this.#undo.push(() => this.#ask('DELETE', `auth/token/roles/${role}`));
  }

  async makeTokenOf(role: string): Promise<string> {
    const { json } = await this.#ask('POST', `auth/token/create/${role}`, {});
    return String(json.auth?.client_token);
  }

  async revoke(token: string): Promise<void> {
    await this.#ask('POST', 'auth/token/revoke', { token });
  }

  async cleanUp(): Promise<void> {
    for (const step of this.#undo.reverse()) await step();
  }

  async #policy(rules: Rules): Promise<string> {
    const name = `${this.prefix}-${++this.#policies}`;
    const path = Object.fromEntries(
      Object.entries(rules).map(([rule, capabilities]) => [rule, { capabilities }]),
    );
    await this.#ask('POST', `sys/policies/acl/${name}`, { policy: JSON.stringify({ path }) });
    this.#undo.push(() => this.#ask('DELETE', `sys/policies/acl/${name}`));
    return name;
  }

  async #mount(path: string, body: Body): Promise<void> {
    await this.#ask('POST', `sys/mounts/${path}`, body);
    this.#undo.push(() => this.#ask('DELETE', `sys/mounts/${path}`));
  }

  async #ask(method: string, path: string, body?: Body, wrapTtl?: string): Promise<VaultAnswer> {
    const answer = await sendToVault(this.#server, { method, path, body, wrapTtl });
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${(answer.json.errors ?? []).join('; ')}`);
    return answer;
  }
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
