import { cannotLogIn, loginRefused, refusedBefore } from './log-in-failures.ts';
import type { PlaceMemory } from './memory.ts';
import { type LoginNames, readNames, shown } from './names.ts';
import type { ProxyLogin, ProxyPlace } from './place.ts';
import type { ProxyTools } from './tools.ts';
import { RefusedBefore, type Turn } from './turns.ts';

/** The user name and password of one log-in at a proxy, and the turn that keeps a wrong one from being tried often. */
export class Account {
  readonly #proxy: ProxyPlace;
  readonly #tools: ProxyTools;
  readonly #memory: PlaceMemory;
  readonly #signal: AbortSignal;
  #turn: Turn | null = null;

  constructor(proxy: ProxyPlace, tools: ProxyTools, signal: AbortSignal) {
    this.#proxy = proxy;
    this.#tools = tools;
    this.#memory = tools.memory.of(proxy);
    this.#signal = signal;
  }

  /** Nobody else tries this log-in at this moment, and it was not refused a moment ago. */
  async myTurn(names: LoginNames): Promise<void> {
    if (this.#turn !== null) return;
    try {
      const print = this.open((login) => this.#tools.memory.print(login));
      this.#turn = await this.#memory.turns.take(print, this.#signal);
    } catch (thrown) {
      if (!(thrown instanceof RefusedBefore)) throw thrown;
      throw refusedBefore(this.#proxy, shown(names), thrown.leftMs);
    }
  }

  accepted(): void {
    this.#turn?.accepted();
  }

  /** The proxy does not take it: forgets what the proxy is known to want, and gives the failure to throw. */
  refused(names: LoginNames | null, way: string): Error {
    this.#turn?.refused();
    this.#memory.scheme = null;
    this.#memory.digest = null;
    return loginRefused(this.#proxy, who(names), way);
  }

  /** Always to be called at the end. */
  end(): void {
    this.#turn?.end();
  }

  /** Null: nobody logs in here. */
  names(): LoginNames | null {
    const login = this.#tools.login();
    login?.password.wipe();
    return login === null ? null : readNames(login);
  }

  /** The password is open only as long as `use` takes. */
  open<T>(use: (login: ProxyLogin) => T): T {
    const login = this.#tools.login();
    if (login === null) throw cannotLogIn('login-needed', this.#proxy, []);
    try {
      return use(login);
    } finally {
      login.password.wipe();
    }
  }
}

export function who(names: LoginNames | null): string {
  return names === null ? 'nobody' : shown(names);
}
