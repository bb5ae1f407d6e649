import type { Clock } from '#kit/clock.ts';
import type { StartedProgram } from '#kit/exec.ts';
import type { Failure } from '#shared/failure.ts';
import { type Exchange, endOf, ProgramGone, type StayingProgram } from './windows-host.ts';

interface Tools {
  clock: Clock;
  tooLong(ms: number): Failure;
  /** Why the connection is over; null: it is there. */
  lost(): unknown;
}

/** A program that stays, spoken with by its streams. */
export class StreamedProgram implements StayingProgram {
  readonly #streams: StartedProgram;
  readonly #tools: Tools;
  #isOver = false;
  /** Called with each part that comes, and at the end. */
  #onChange: (stream: 'stdout' | 'stderr' | 'end', part?: Buffer) => void = () => {};

  constructor(streams: StartedProgram, tools: Tools) {
    this.#streams = streams;
    this.#tools = tools;
    streams.stdin.on('error', () => {}); // how the program ends tells the rest
    streams.stdout.on('data', (part: Buffer) => this.#onChange('stdout', part));
    streams.stderr.on('data', (part: Buffer) => this.#onChange('stderr', part));
    void streams.ended.then(() => {
      this.#isOver = true;
      this.#onChange('end');
    });
  }

  async exchange(exchange: Exchange): Promise<{ stdout: Buffer; stderr: Buffer }> {
    const { input, timeoutMs, signal, outputBytes } = exchange;
    signal?.throwIfAborted();
    if (this.#isOver) throw this.#tools.lost() ?? new ProgramGone();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const isEnd = endOf(exchange);
    let size = 0;
    this.#onChange = (stream, part) => {
      if (stream === 'end' || part === undefined) {
        const lost = this.#tools.lost();
        if (lost === null) resolve();
        else reject(lost);
        return;
      }
      if (size <= outputBytes) parts[stream].push(part);
      size += part.length;
      if (size > outputBytes) this.#kill();
      if (stream === 'stdout' && isEnd(part)) resolve();
    };
    const late = this.#tools.clock.after(timeoutMs, () => reject(this.#tools.tooLong(timeoutMs)));
    const aborted = () => reject(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      this.#streams.stdin.write(input);
      await promise;
      return { stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
    } catch (thrown) {
      this.#kill();
      throw thrown;
    } finally {
      late.cancel();
      signal?.removeEventListener('abort', aborted);
      this.#onChange = () => {};
    }
  }

  #kill(): void {
    this.#isOver = true;
    this.#streams.kill();
    this.#onChange('end');
  }

  async end(): Promise<void> {
    if (!this.#isOver) this.#streams.stdin.end();
    this.#kill();
  }
}
