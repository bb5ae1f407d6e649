import { randomBytes } from 'node:crypto';

/** What the strict Vault knows, and the rules of its tokens and policies. */

export interface StrictToken {
  id: string;
  accessor: string;
  namespace: string;
  policies: string[];
  createdAt: number;
  /** Null: never. */
  endsAt: number | null;
  creationTtl: number;
  /** Seconds from creation; 0: none. */
  maxTtl: number;
  /** Seconds that each renewal gives, whatever it asks for; 0: it is not periodic. */
  period: number;
  renewable: boolean;
  /** Calls left; 0: as many as wanted. */
  uses: number;
  type: 'service' | 'batch';
  displayName: string;
  path: string;
}

export interface StrictRole {
  roleId: string;
  policies: string[];
  tokenTtl: number;
  tokenMaxTtl: number;
  tokenUses: number;
  tokenType: 'service' | 'batch';
  noDefaultPolicy: boolean;
  secretIdTtl: number;
  secretIdUses: number;
  secretIds: Map<string, { endsAt: number | null; usesLeft: number | null }>;
}

export interface KvVersion {
  data: Record<string, unknown> | null;
  createdAt: number;
  deletedAt: number | null;
  destroyed: boolean;
}

export type StrictMount =
  | { type: 'kv'; version: 1; secrets: Map<string, Record<string, unknown>> }
  | { type: 'kv'; version: 2; secrets: Map<string, KvVersion[]> }
  | { type: 'other'; name: string };

interface WrappedAnswer {
  body: Record<string, unknown>;
  creationPath: string;
  createdAt: number;
  ttl: number;
  endsAt: number;
  namespace: string;
  used: boolean;
}

export interface StrictNamespace {
  mounts: Map<string, StrictMount>;
  /** Auth mounts of the type approle, by path without slashes at the ends. */
  approles: Map<string, Map<string, StrictRole>>;
  policies: Map<string, Record<string, string[]>>;
}

/** The usual rights of every token that does not go without. */
const defaultPolicy: Record<string, string[]> = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/wrapping/wrap': ['update'],
};

/** 32 days: what servers allow unless told otherwise. */
export const longestTtl = 768 * 3600;

export class StrictState {
  readonly namespaces = new Map<string, StrictNamespace>([['', emptyNamespace()]]);
  readonly tokens = new Map<string, StrictToken>();
  readonly wrapped = new Map<string, WrappedAnswer>();
  /** Things that no careful client does. Tests end with an empty list. */
  readonly incidents: string[] = [];
  #offset = 0;

  now(): number {
    return Date.now() + this.#offset;
  }
  advance(ms: number): void {
    this.#offset += ms;
  }

  makeToken(given: Partial<StrictToken> & { creationTtl: number }): StrictToken {
    const type = given.type ?? 'service';
    const token: StrictToken = {
      id: `${type === 'batch' ? 'hvb' : 'hvs'}.${randomBytes(18).toString('base64url')}`,
      accessor: randomBytes(12).toString('base64url'),
      namespace: '',
      policies: ['default'],
      createdAt: this.now(),
      endsAt: given.creationTtl === 0 ? null : this.now() + given.creationTtl * 1000,
      maxTtl: 0,
      period: 0,
      renewable: type === 'service' && given.creationTtl > 0,
      uses: 0,
      displayName: 'token',
      path: 'auth/token/create',
      ...given,
      type,
    };
    this.tokens.set(token.id, token);
    return token;
  }

  /** The token of a call, with a use spent; null when it is none, has ended or belongs elsewhere. */
  spend(id: string, namespace: string): StrictToken | null {
    const token = this.tokens.get(id);
    if (token === undefined) return null;
    if (token.endsAt !== null && token.endsAt <= this.now()) {
      this.tokens.delete(id);
      return null;
    }
    if (namespace !== token.namespace && !namespace.startsWith(token.namespace)) return null;
    if (token.uses > 0 && --token.uses === 0) this.tokens.delete(id);
    return token;
  }

  rulesOf(token: StrictToken): [string, string[]][] {
    const policies = this.namespaces.get(token.namespace)?.policies;
    return token.policies.flatMap((name) =>
      Object.entries(name === 'default' ? defaultPolicy : (policies?.get(name) ?? {})),
    );
  }

  may(token: StrictToken, path: string, capability: string): boolean {
    if (token.policies.includes('root')) return true;
    return this.rulesOf(token).some(
      ([rule, capabilities]) => matches(rule, path) && capabilities.includes(capability),
    );
  }

  /** Is there any right below (or on the way to) this mount? */
  seesMount(token: StrictToken, mount: string): boolean {
    if (token.policies.includes('root')) return true;
    return this.rulesOf(token).some(([rule, capabilities]) => {
      const fixed = rule.replace(/\*$/, '');
      return !capabilities.includes('deny') && (fixed.startsWith(mount) || mount.startsWith(fixed));
    });
  }

  namespace(name: string): StrictNamespace {
    const known = this.namespaces.get(name);
    if (known !== undefined) return known;
    const made = emptyNamespace();
    this.namespaces.set(name, made);
    return made;
  }
}

function emptyNamespace(): StrictNamespace {
  return { mounts: new Map(), approles: new Map(), policies: new Map() };
}

/** `*` at the end is a prefix, `+` is one segment. */
function matches(rule: string, path: string): boolean {
  const prefix = rule.endsWith('*');
  const parts = (prefix ? rule.slice(0, -1) : rule).split('+');
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+');
  return new RegExp(`^${pattern}${prefix ? '' : '$'}`).test(path);
}
