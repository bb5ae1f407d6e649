import type { Client } from 'ssh2';
import type { Clock, Timer } from '#kit/clock.ts';
import { KeptShell, type ShellStart } from './kept-shell.ts';

/** One that nobody needs for so long ends: it has the rights that were given when it began. */
const idleMs = 10_000;

interface Idle {
  shell: KeptShell;
  timer: Timer;
}

/** The command interpreters that are kept on a host, each with a session there. */
export class KeptShells {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #idle: Idle[] = [];
  readonly #busy = new Set<KeptShell>();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** How many are at work in a session that is open. */
  get open(): number {
    return [...this.#busy].filter(({ isOpen }) => isOpen).length;
  }

  /** At work or not. */
  get count(): number {
    return this.#busy.size + this.#idle.length;
  }

  /** Does `work` with one that has nothing to do, or a new one: it is not used for anything else meanwhile. */
  async use<T>(start: () => ShellStart, work: (shell: KeptShell) => Promise<T>): Promise<T> {
    const shell = this.#takeIdle() ?? new KeptShell(this.#client, this.#clock, start());
    this.#busy.add(shell);
    try {
      return await work(shell);
    } finally {
      this.#busy.delete(shell);
      if (shell.isOpen) this.#keep(shell);
    }
  }

  /** Ends one that has nothing to do, for another session; false: there is none. */
  endOne(): boolean {
    const one = this.#takeIdle();
    one?.end();
    return one !== undefined;
  }

  /** Ends all that have nothing to do. */
  endIdle(): void {
    while (this.endOne());
  }

  /** Ends all: what runs in them rejects with `reason`. */
  stop(reason: unknown): void {
    this.endIdle();
    for (const shell of this.#busy) shell.stop(reason);
  }

  #takeIdle(): KeptShell | undefined {
    for (let one = this.#idle.pop(); one !== undefined; one = this.#idle.pop()) {
      one.timer.cancel();
      if (!one.shell.isOver) return one.shell;
    }
    return undefined;
  }

  #keep(shell: KeptShell): void {
    const timer = this.#clock.after(idleMs, () => {
      const at = this.#idle.findIndex((one) => one.shell === shell);
      if (at >= 0) this.#idle.splice(at, 1);
      shell.end();
    });
    this.#idle.push({ shell, timer });
  }
}
