import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import { endOf } from '../common/windows-host.ts';
import { Faulted, type Message, type ProgramIds, partBytes, type WinrmService } from './service.ts';
import type { WinrmTalk } from './talk.ts';

/** How long the service is asked to wait for output at a time: below what proxies and firewalls take for a dead connection. */
const pollMs = 20_000;
/** The limit of a service since 2012, and that of older ones. */
const limits = [512_000, 153_600] as const;

/** What a program printed, up to a limit for each stream. */
class Printed {
  readonly #limit: number;
  readonly #parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  readonly #sizes = { stdout: 0, stderr: 0 };
  cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(stream: 'stdout' | 'stderr', parts: readonly Buffer[]): void {
    for (const part of parts) {
      const room = this.#limit - this.#sizes[stream];
      if (part.length > room) this.cut = true;
      if (room <= 0) continue;
      const kept = part.length > room ? part.subarray(0, room) : part;
      this.#parts[stream].push(kept);
      this.#sizes[stream] += kept.length;
    }
  }

  bytes(stream: 'stdout' | 'stderr'): Buffer {
    return Buffer.concat(this.#parts[stream]);
  }
}

interface Reading {
  /** Milliseconds of the clock's `monotonic`. */
  until: number;
  signal?: AbortSignal | undefined;
  outputBytes: number;
  /** It is over before the program ends. */
  isWhole?(stdout: Buffer): boolean;
}

interface Part {
  /** Offsets in the input. */
  from: number;
  to: number;
  message: Message;
}

/** A program that was started in a shell. */
export class WinrmProgram {
  readonly ids: ProgramIds;
  readonly #service: WinrmService;
  readonly #clock: Clock;
  #limit: number = limits[0];

  constructor(ids: ProgramIds, service: WinrmService, clock: Clock) {
    this.ids = ids;
    this.#service = service;
    this.#clock = clock;
  }

  /** Sends what it reads, in parts; `last`: it reads no more. Rejects as the service does. */
  async feed(talk: WinrmTalk, input: Uint8Array, last: boolean, signal?: AbortSignal): Promise<void> {
    let present = this.#part(input, 0, last);
    for (let turn = 0; present !== null; ) {
      const { message, from, to } = present;
      let next: Part | null = null;
      const following = () => {
        next = to < input.length ? this.#part(input, to, last) : null;
        return next?.message ?? null;
      };
      try {
        await this.#service.send(talk, message, following, signal);
        present = next;
        turn = 0;
      } catch (thrown) {
        // nothing of the part was taken
        if (isTooLarge(thrown) && this.#limit !== limits[1]) this.#limit = limits[1];
        else if (!(await this.#service.madeRoom(thrown, turn++, signal))) throw thrown;
        present = this.#part(input, from, last);
      }
    }
  }

  /** From there on, as much as a message may hold; null: there is nothing to be sent. */
  #part(input: Uint8Array, from: number, last: boolean): Part | null {
    if (input.length === 0 && !last) return null;
    const part = input.subarray(from, from + partBytes(this.#limit));
    const to = from + part.length;
    return { from, to, message: this.#service.part(this.ids, part, last && to === input.length) };
  }

  /** Reads until it has ended, the answer is whole, or it is too late. Rejects as the service does. */
  async read(talk: WinrmTalk, reading: Reading): Promise<ExecResult & { ended: boolean }> {
    const { until, signal, isWhole } = reading;
    const isEnd = isWhole === undefined ? null : endOf({ isWhole });
    const printed = new Printed(reading.outputBytes);
    let code: number | null = null;
    let ended = false;
    for (
      let left = until - this.#clock.monotonic();
      left > 0 && !ended;
      left = until - this.#clock.monotonic()
    ) {
      const received = await this.#service.receive(talk, this.ids, Math.min(pollMs, left), signal);
      if (received === null) continue;
      printed.add('stdout', received.stdout);
      printed.add('stderr', received.stderr);
      ended = received.done;
      code = received.exitCode;
      if (ended || isEnd === null) continue;
      if (printed.cut || isEnd(...received.stdout)) return this.#result(printed, null, false, false);
    }
    return this.#result(printed, ended ? code : null, !ended, ended);
  }

  #result(printed: Printed, code: number | null, timedOut: boolean, ended: boolean) {
    const streams = { stdout: printed.bytes('stdout'), stderr: printed.bytes('stderr') };
    return { code, ...streams, timedOut, cut: printed.cut, ended };
  }
}

const isTooLarge = (thrown: unknown): boolean => thrown instanceof Faulted && thrown.kind === 'too-large';
