import { EventEmitter, once } from 'node:events';
import { Wrong } from './wsman-soap.ts';

/** What a program of the stand-in is given. */
interface ProgramIo {
  argv: readonly string[];
  /** Each part of its input; ends with it. */
  stdin: AsyncIterable<Buffer>;
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array | string): void;
  /** Aborts when it is ended from outside. */
  ended: AbortSignal;
}

/** Resolves with its exit code. */
export type Program = (io: ProgramIo) => Promise<number>;

interface Output {
  name: 'stdout' | 'stderr';
  bytes: Buffer;
}

/** A program that runs in a shell, or has ended and not been signalled. */
export class Command {
  readonly id: string;
  readonly #stop = new AbortController();
  readonly #changed = new EventEmitter();
  readonly #input: Buffer[] = [];
  #inputEnded = false;
  #outputs: Output[] = [];
  /** Null: it runs. */
  exitCode: number | null = null;

  constructor(id: string, argv: string[], program: Program) {
    this.id = id;
    this.#changed.setMaxListeners(100);
    const io: ProgramIo = {
      argv,
      stdin: this.#read(),
      ended: this.#stop.signal,
      write: (name, bytes) => {
        this.#outputs.push({ name, bytes: Buffer.from(bytes as Uint8Array) });
        this.#changed.emit('change');
      },
    };
    program(io).then(
      (code) => this.#exit(code),
      () => this.#exit(1),
    );
  }

  async *#read(): AsyncIterable<Buffer> {
    for (;;) {
      const part = this.#input.shift();
      if (part !== undefined) yield part;
      else if (this.#inputEnded || this.#stop.signal.aborted) return;
      else await once(this.#changed, 'change');
    }
  }

  #exit(code: number): void {
    this.exitCode ??= code;
    this.#changed.emit('change');
  }

  send(part: Buffer, end: boolean): void {
    if (this.exitCode !== null) throw new Wrong('The pipe is being closed. ', 232, 'w:InternalError');
    if (part.length > 0) this.#input.push(part);
    if (end) this.#inputEnded = true;
    this.#changed.emit('change');
  }

  /** What there is, at most `limit` bytes of it; waits until there is something. Null: nothing came in time, or it was stopped. */
  async take(waitMs: number, limit: number, gone: AbortSignal): Promise<Output[] | null> {
    const timer = AbortSignal.timeout(waitMs);
    const signal = AbortSignal.any([timer, gone, this.#stop.signal]);
    while (this.#outputs.length === 0 && this.exitCode === null) {
      if (signal.aborted) return null;
      await once(this.#changed, 'change', { signal }).catch(() => {});
    }
    const taken: Output[] = [];
    for (let left = limit; left > 0 && this.#outputs[0] !== undefined; ) {
      const [first] = this.#outputs;
      const part = first.bytes.subarray(0, left);
      taken.push({ name: first.name, bytes: part });
      left -= part.length;
      if (part.length === first.bytes.length) this.#outputs.shift();
      else first.bytes = first.bytes.subarray(part.length);
    }
    return taken;
  }

  get isEmpty(): boolean {
    return this.#outputs.length === 0;
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  stop(): void {
    this.#stop.abort();
    this.#exit(-1073741510);
  }
}
