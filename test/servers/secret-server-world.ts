import type { SecretServerOptions, SecretServerStrict } from './secret-server-script.ts';

/** What the server refuses with; text is a page, all else JSON. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

export interface Answer {
  content: string | Buffer;
  /** JSON when left out. */
  type?: string;
}

type State = Omit<SecretServerStrict, 'url' | 'caPem' | 'revokeTokens' | 'stop'>;

/** What the parts of the server share. */
export interface World {
  /** Scheme, host and port. */
  base: string;
  /** The path everything lies below. */
  readonly root: string;
  readonly api: string;
  readonly options: SecretServerOptions;
  readonly state: State;
  readonly tokens: Map<string, { user: string; endsAt: number; revoked: boolean }>;
  /** Refused logins in a row, by user. */
  readonly wrong: Map<string, number>;
  /** Who has a secret checked out, by its number. */
  readonly held: Map<number, string>;
  readonly now: () => number;
}

export const json = (value: unknown): Answer => ({ content: JSON.stringify(value) });

/** Notes what the real server would not like, or would not tell. */
export const incident = ({ state }: World, what: string): void => void state.incidents.push(what);

/** Percent-encoded pairs with known names, each once; a plus is no space here. */
export function pairs(world: World, text: string, names: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text === '' ? [] : text.split('&')) {
    const [name = '', value = '', ...more] = pair.split('=');
    if (!names.includes(name)) incident(world, `parameter "${name}"`);
    if (found[name] !== undefined) incident(world, `${name} twice`);
    if (more.length > 0 || !/^(?:[A-Za-z0-9\-._~!'()*]|%[0-9A-F]{2})*$/.test(value))
      incident(world, `${name} is badly encoded: ${pair}`);
    found[name] = decodeURIComponent(value);
  }
  return found;
}
