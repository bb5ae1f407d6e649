import type { Clock } from '#kit/clock.ts';
import type { Failure } from '#shared/failure.ts';
import { type Exchange, ProgramGone, type StayingProgram } from '../common/windows-host.ts';
import type { FaultKind } from './faults.ts';
import type { WinrmProgram } from './program.ts';
import { Faulted } from './service.ts';
import type { WinrmTalk } from './talk.ts';

interface StayingTools {
  clock: Clock;
  tooLong(ms: number): Failure;
  /** Gives a connection and the signal to heed, and makes a Failure of what is thrown. */
  using<T>(
    signal: AbortSignal | undefined,
    work: (talk: WinrmTalk, stop: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** Ends the program on the host. */
  clear(): Promise<void>;
}

const gone: readonly FaultKind[] = ['shell-gone', 'aborted', 'input-closed'];

/** A program that stays in a shell. */
export class WinrmStaying implements StayingProgram {
  readonly #program: WinrmProgram;
  readonly #tools: StayingTools;
  #ended: Promise<void> | null = null;

  constructor(program: WinrmProgram, tools: StayingTools) {
    this.#program = program;
    this.#tools = tools;
  }

  async exchange(exchange: Exchange): Promise<{ stdout: Buffer; stderr: Buffer }> {
    if (this.#ended !== null) throw new ProgramGone();
    const { input, isWhole, timeoutMs, signal, outputBytes } = exchange;
    const until = this.#tools.clock.monotonic() + timeoutMs;
    const stopReading = new AbortController();
    const both = AbortSignal.any([stopReading.signal, ...(signal === undefined ? [] : [signal])]);
    // asked for before the input is sent, over a connection of its own: the answer comes one round trip after the input
    const reading = this.#tools.using(both, (talk, stop) =>
      this.#program.read(talk, { until, signal: stop, outputBytes, isWhole }),
    );
    reading.catch(() => {}); // looked at below, unless the input was not taken
    try {
      const taken = await this.#tools.using(signal, (talk, stop) => this.#takes(talk, input, stop));
      if (!taken) throw new ProgramGone();
      const result = await reading;
      if (result.timedOut) throw this.#tools.tooLong(timeoutMs);
      if (result.ended || result.cut) void this.end();
      return result;
    } catch (thrown) {
      stopReading.abort();
      void this.end();
      throw thrown;
    }
  }

  /** False: it was gone before it took anything. */
  async #takes(talk: WinrmTalk, input: Uint8Array, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.#program.feed(talk, input, false, signal);
      return true;
    } catch (thrown) {
      if (thrown instanceof Faulted && gone.includes(thrown.kind)) return false;
      throw thrown;
    }
  }

  end(): Promise<void> {
    this.#ended ??= this.#tools.clear();
    return this.#ended;
  }
}
