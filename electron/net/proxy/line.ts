import type { Socket } from 'node:net';
import { type AnswerHead, AnswerReader } from './read-answer.ts';
import { bodyLength, readBody, staysOpen } from './read-body.ts';

/** One connection to a proxy, for one request after the other. */
export class Line {
  readonly #socket: Socket;
  readonly #reader: AnswerReader;
  #stop: (() => void) | null = null;
  /** It has answered before: when it is silent now, the proxy may have closed it meanwhile. */
  used = false;
  /** NTLM: whatever is asked on this connection is asked by the user. */
  loggedIn = false;
  /** Told when a request has been handed to the system as a whole. */
  whenSent: () => void = () => {};
  /** Told when the connection has ended, whoever ended it. */
  whenClosed: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.once('close', () => this.whenClosed());
    this.#reader = new AnswerReader(socket);
  }

  /** From now on this signal ends what is under way, and the connection with it; null: none does. */
  obey(signal: AbortSignal | null): void {
    this.#stop?.();
    this.#stop = null;
    if (signal === null) return;
    const stop = () => {
      this.#reader.fail(signal.reason);
      this.#socket.destroy();
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    this.#stop = () => signal.removeEventListener('abort', stop);
  }

  /** Sends a request, in one go, and reads the head of its answer. It may hold a log-in: each part is wiped once it is sent. */
  async ask(...request: Buffer[]): Promise<AnswerHead> {
    this.#socket.cork();
    for (const [at, part] of request.entries())
      this.#socket.write(part, () => {
        part.fill(0);
        if (at === request.length - 1) this.whenSent();
      });
    this.#socket.uncork();
    const head = await this.#reader.head();
    this.used = true;
    return head;
  }

  /** The rest of the answer. */
  body(head: AnswerHead, method: string, limit: number): Promise<Buffer> {
    return readBody(this.#reader, bodyLength(head, method), limit);
  }

  /** May another request follow once the body of this answer is read? */
  staysOpen(head: AnswerHead, method: string): boolean {
    return staysOpen(head, bodyLength(head, method));
  }

  get usable(): boolean {
    return !this.#reader.spoiled && this.#socket.writable;
  }

  /** The bare socket, with every byte that was read too much. */
  release(): Socket {
    this.obey(null);
    return this.#reader.release();
  }

  end(): void {
    this.obey(null);
    this.#socket.destroy();
  }
}
