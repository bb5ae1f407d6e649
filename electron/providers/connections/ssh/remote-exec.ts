import type { Client, ClientChannel } from 'ssh2';
import type { Clock, Timer } from '#kit/clock.ts';
import { type ExecResult, Output } from '#kit/exec.ts';
import { killChannel, openChannel } from './channel.ts';

/** The server may say how a program ended before it has passed on all that it said. */
const lastWordsMs = 2000;

interface RemoteExecRequest {
  line: string;
  stdin: readonly Uint8Array[];
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  leavesBehind?: boolean | undefined;
  /** Bytes kept of each output stream; the rest is dropped, and the result says so. */
  limit: number;
}

/** Ends an exec from outside: `stop` makes its promise reject with `reason`. */
export interface RemoteExec {
  readonly result: Promise<ExecResult>;
  /** The server has opened a session for it. */
  readonly isOpen: boolean;
  stop(reason: unknown): void;
}

/**
 * Runs one command line in a channel of its own. Rejects when the channel cannot be opened, is stopped, or ends without
 * the server having said how the program ended. At the time-out the program is sent SIGKILL, which not
 * every server passes on.
 */
export function startRemoteExec(client: Client, request: RemoteExecRequest, clock: Clock): RemoteExec {
  const running = new RunningExec(request, clock);
  running.start(client);
  return running;
}

class RunningExec implements RemoteExec {
  readonly result: Promise<ExecResult>;
  readonly #request: RemoteExecRequest;
  readonly #clock: Clock;
  readonly #promise = Promise.withResolvers<ExecResult>();
  #stdout: Output | undefined;
  #stderr: Output | undefined;
  #channel: ClientChannel | undefined;
  #timer: Timer | undefined;
  #settled = false;
  /** As the server said it; undefined: not yet. */
  #ended: number | null | undefined;

  constructor(request: RemoteExecRequest, clock: Clock) {
    this.#request = request;
    this.#clock = clock;
    this.result = this.#promise.promise;
  }

  get isOpen(): boolean {
    return this.#channel !== undefined;
  }

  start(client: Client): void {
    const { signal, timeoutMs, line } = this.#request;
    if (signal?.aborted) {
      this.#aborted();
      return;
    }
    signal?.addEventListener('abort', this.#aborted, { once: true });
    this.#timer = this.#clock.after(timeoutMs, () => {
      killChannel(this.#channel);
      this.#resolve(null, true);
    });
    openChannel(
      client,
      line,
      (channel) => this.#opened(channel),
      (error) => this.#reject(error),
    );
  }

  stop(reason: unknown): void {
    killChannel(this.#channel);
    this.#reject(reason);
  }

  readonly #aborted = (): void => this.stop(this.#request.signal?.reason);

  #opened(channel: ClientChannel): void {
    this.#channel = channel;
    if (this.#settled) {
      killChannel(this.#channel);
      return;
    }
    this.#stdout = new Output(channel, this.#request.limit);
    this.#stderr = new Output(channel.stderr, this.#request.limit);
    channel.on('error', (problem: Error) => this.#reject(problem));
    channel.on('exit', (code: number | null) => this.#exited(channel, code));
    channel.on('close', () => {
      if (this.#ended === undefined) this.#reject(new Error('the session ended without an exit status'));
      else this.#resolve(this.#ended, false);
    });
    for (const part of this.#request.stdin) channel.write(part);
    channel.end();
  }

  /** What the program left running may hold its output open for ever: then it is over without the end of the channel. */
  #exited(channel: ClientChannel, code: number | null): void {
    this.#ended = code;
    if (this.#request.leavesBehind !== true || this.#settled) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(lastWordsMs, () => {
      this.#resolve(code, false);
      channel.close();
    });
  }

  #resolve(code: number | null, timedOut: boolean): void {
    if (!this.#settle()) return;
    const [stdout, stderr] = [this.#stdout, this.#stderr];
    this.#promise.resolve({
      ...{ code, timedOut, cut: stdout?.cut === true || stderr?.cut === true },
      ...{ stdout: stdout?.bytes() ?? Buffer.alloc(0), stderr: stderr?.bytes() ?? Buffer.alloc(0) },
    });
  }

  #reject(reason: unknown): void {
    if (this.#settle()) this.#promise.reject(reason);
  }

  /** False when it is over already. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#timer?.cancel();
    this.#request.signal?.removeEventListener('abort', this.#aborted);
    return true;
  }
}
