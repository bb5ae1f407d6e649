import type { Socket } from 'node:net';

export interface AnswerHead {
  /** `HTTP/1.0` or `HTTP/1.1`. */
  version: string;
  status: number;
  reason: string;
  /** In order; names in lower case, values trimmed, bytes as Latin-1. */
  headers: [name: string, value: string][];
}

/** More is no head of an honest proxy. */
const longestHead = 64 * 1024;

/** What is wrong with an answer, for the sentence: `answered with …`. */
export class BadAnswer extends Error {}
/** The peer ended the connection before the answer was complete; `silent`: before its first byte. */
export class Dropped extends Error {
  readonly silent: boolean;
  constructor(silent: boolean, cause?: unknown) {
    super('the connection was closed', { cause });
    this.silent = silent;
  }
}
/** The body is longer than was allowed. */
export class TooLong extends Error {}

/** Reads HTTP/1 answers off a raw socket, one after the other, and can give the socket back with no byte lost. */
export class AnswerReader {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #over = false;
  #error: unknown = null;
  #stopped: { reason: unknown } | null = null;
  #wake: () => void = () => {};
  readonly #onReadable = () => this.#wake();
  readonly #onEnd = () => {
    this.#over = true;
    this.#wake();
  };
  readonly #onError = (error: unknown) => {
    this.#error ??= error;
    this.#onEnd();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('readable', this.#onReadable);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
    socket.on('error', this.#onError);
  }

  /** Whoever reads gets `reason` thrown. */
  fail(reason: unknown): void {
    this.#stopped ??= { reason };
    this.#wake();
  }

  /** Bytes that nobody asked for, or an end: the connection is not to be used again. */
  get spoiled(): boolean {
    return this.#over || this.#stopped !== null || this.#rest.length > 0 || this.#socket.readableLength > 0;
  }

  /** The next head that is not an interim one (1xx). */
  async head(): Promise<AnswerHead> {
    for (let interim = 0; interim < 10; interim++) {
      const head = parseHead(await this.#headText());
      if (head.status >= 200 || head.status === 101) return head;
    }
    throw new BadAnswer('interim answers without end');
  }

  async #headText(): Promise<string> {
    for (let from = 0; ; ) {
      const found = /\r?\n\r?\n/.exec(this.#rest.subarray(from).toString('latin1'));
      if (found !== null) {
        const end = from + found.index;
        const text = this.#rest.subarray(0, end).toString('latin1');
        this.#take(end + found[0].length);
        return text;
      }
      if (this.#rest.length > longestHead) throw new BadAnswer('a header of more than 64 KiB');
      from = Math.max(0, this.#rest.length - 3);
      if (!(await this.#more())) throw new Dropped(this.#rest.length === 0);
    }
  }

  /** Exactly `length` bytes. What comes in crumbs is put together once, at the end. */
  async bytes(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = length; ; ) {
      const part = this.#take(Math.min(missing, this.#rest.length));
      missing -= part.length;
      if (missing === 0 && parts.length === 0) return part;
      parts.push(part);
      if (missing === 0) return Buffer.concat(parts);
      if (!(await this.#more())) throw new Dropped(false);
    }
  }

  /** One line without its end, of at most `limit` bytes. */
  async line(limit: number): Promise<string> {
    for (;;) {
      const at = this.#rest.indexOf(10);
      if (at > limit || (at < 0 && this.#rest.length > limit)) throw new BadAnswer('a line without end');
      if (at >= 0)
        return this.#take(at + 1)
          .toString('latin1')
          .replace(/\r?\n$/, '');
      if (!(await this.#more())) throw new Dropped(false);
    }
  }

  /** Everything until the peer closes. */
  async toEnd(limit: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let size = 0;
    do {
      size += this.#rest.length;
      if (size > limit) throw new TooLong();
      parts.push(this.#take(this.#rest.length));
    } while (await this.#more());
    return Buffer.concat(parts);
  }

  /** Ends reading; what was read too much goes back to the socket. The socket is as if nobody had read from it. */
  release(): Socket {
    const socket = this.#socket;
    socket.off('readable', this.#onReadable);
    socket.off('end', this.#onEnd);
    socket.off('close', this.#onEnd);
    if (this.#rest.length > 0) socket.unshift(this.#rest);
    this.#rest = Buffer.alloc(0);
    return socket; // listening for errors goes on: none may be thrown into the air before the new owner listens
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  /** False: the peer has closed. */
  async #more(): Promise<boolean> {
    for (;;) {
      if (this.#stopped !== null) throw this.#stopped.reason;
      const part = this.#socket.read() as Buffer | null;
      if (part !== null) {
        this.#rest = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part]);
        return true;
      }
      if (this.#error !== null) throw new Dropped(this.#rest.length === 0, this.#error);
      if (this.#over) return false;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function parseHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const status = /^(HTTP\/1\.[01]) ([1-9]\d\d)(?: (.*))?$/.exec(first);
  if (status === null) throw new BadAnswer('something that is not HTTP/1');
  return {
    version: status[1] ?? '',
    status: Number(status[2]),
    reason: (status[3] ?? '').trim(),
    headers: lines.map(parseHeader),
  };
}

function parseHeader(line: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/s.exec(line) ?? [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (name === undefined || value === undefined || /[\0-\x08\x0a-\x1f\x7f]/.test(line))
    throw new BadAnswer('a malformed header');
  return [name.toLowerCase(), bare(value)];
}

/** Without spaces and tabs at its ends. No pattern: over a thousand spaces inside it would take ages. */
function bare(value: string): string {
  const isBlank = (at: number) => value[at] === ' ' || value[at] === '\t';
  let [from, to] = [0, value.length];
  while (from < to && isBlank(from)) from++;
  while (to > from && isBlank(to - 1)) to--;
  return value.slice(from, to);
}

export function headerValues(head: AnswerHead, name: string): string[] {
  return head.headers.filter(([key]) => key === name).map(([, value]) => value);
}
