import type { Access } from './access.ts';
import { WinrmTalk } from './talk.ts';

/** More programs than this wait for each other: each needs a connection of its own while it runs. */
const mostTalks = 4;

/** The connections to one service, each used by one program at a time. */
export class Talks {
  readonly #access: Access;
  readonly #all: WinrmTalk[] = [];
  readonly #free: WinrmTalk[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(access: Access) {
    this.#access = access;
  }

  /** One that no one uses at this moment; null: there is none. */
  get free(): WinrmTalk | null {
    return this.#free.at(-1) ?? null;
  }

  async using<T>(work: (talk: WinrmTalk) => Promise<T>): Promise<T> {
    const talk = await this.#take();
    try {
      return await work(talk);
    } finally {
      this.#free.push(talk);
      this.#waiting.shift()?.();
    }
  }

  end(): void {
    for (const talk of this.#all) talk.end();
  }

  async #take(): Promise<WinrmTalk> {
    for (;;) {
      const free = this.#free.pop();
      if (free !== undefined) return free;
      if (this.#all.length < mostTalks) {
        const made = new WinrmTalk(this.#access);
        this.#all.push(made);
        return made;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
