/**
 * Files of hosts that are being changed: two endpoints may have one, such as two entries of a key store, and each checks what is there
 * before it writes. Of one process, which is all there is of an agent.
 */
class FileTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does `work` when all that began earlier on any of these files has ended. Settles as `work` does. */
  async take<T>(files: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = files.map((one) => this.#last.get(one));
    const turn = Promise.allSettled(before).then(work);
    for (const one of files) this.#last.set(one, turn);
    try {
      return await turn;
    } finally {
      for (const one of files) if (this.#last.get(one) === turn) this.#last.delete(one);
    }
  }
}

export const fileTurns = new FileTurns();
