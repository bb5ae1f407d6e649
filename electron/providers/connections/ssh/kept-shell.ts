import { randomBytes } from 'node:crypto';
import type { Client, ClientChannel } from 'ssh2';
import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import { exits } from '../common/posix-exits.ts';
import { killChannel, openChannel } from './channel.ts';
import { FramedOutput } from './framed-output.ts';
import { quote } from './quote.ts';

/**
 * What a command interpreter that is kept runs, behind `prologue`: one request a line of its input, which no program may read
 * but one that takes an exact part of it. A line that does not begin with the marker is no request of ours, but what a program
 * should have read: nothing is run then. Each script runs in a subshell, so that it leaves nothing behind;
 * `own` is whom files belong to that it makes. The input of one
 * that fails may not have been read to its end: that is the end of the interpreter too.
 */
export function loopOf(marker: string): string {
  return [
    'unset TMOUT',
    "nl='\n'",
    'own=$(id -un):$(id -gn)',
    'ask() {',
    '  token=$1 takes=$2 script=$3',
    '  shift 3',
    `  printf '%sb\\n' "$token"; printf '%sb\\n' "$token" >&2`,
    '  if [ "$takes" = input ]; then ( eval "$script" ); else ( eval "$script" ) </dev/null; fi',
    '  code=$?',
    `  printf '%se %s\\n' "$token" "$code"; printf '%se\\n' "$token" >&2`,
    '  [ "$takes" != input ] || [ "$code" = 0 ] || exit 0',
    '}',
    'while IFS= read -r line; do',
    `  case $line in "${marker} "*) ;; *) exit ${exits.unguarded} ;; esac`,
    `  eval "\${line#* }"`,
    'done',
  ].join('\n');
}

interface KeptRequest {
  text: string;
  args: readonly string[];
  /** Exactly what the script reads. */
  stdin?: Uint8Array | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Bytes kept of each output stream. */
  limit: number;
}

interface Running {
  request: KeptRequest;
  token: string;
  words: string;
  stdout: FramedOutput;
  stderr: FramedOutput;
  resolve(result: ExecResult): void;
  reject(reason: unknown): void;
}

/** How one is begun: a command line for `loopOf(marker)`, and what goes before everything else. */
export interface ShellStart {
  line: string;
  head: readonly Uint8Array[];
  marker: string;
}

/** The interpreter ended before it took the request up: nothing of it was run. */
export class NotBegun extends Error {}

/** One command interpreter on a host, in a channel of its own, that runs one script after the other. */
export class KeptShell {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #start: ShellStart;
  /** Names of the scripts that it has been told, by their text. */
  readonly #known = new Map<string, string>();
  #channel: ClientChannel | undefined;
  #running: Running | undefined;
  #over = false;

  /** The first request opens it. */
  constructor(client: Client, clock: Clock, start: ShellStart) {
    this.#client = client;
    this.#clock = clock;
    this.#start = start;
  }

  /** It has ended, or is going to: it takes no further request. */
  get isOver(): boolean {
    return this.#over;
  }

  /** The server has opened a session for it. */
  get isOpen(): boolean {
    return this.#channel !== undefined && !this.#over;
  }

  /**
   * Runs a script with these arguments, when no other is running. Resolves whatever its exit code (128 and its number for a
   * signal), also after the time-out; the interpreter is over then, as after an abort. Rejects with `SessionRefused` where the
   * server opens none, with `NotBegun`, with the signal's reason, or when the interpreter ended in the middle.
   */
  async run(request: KeptRequest): Promise<ExecResult> {
    const { signal } = request;
    signal?.throwIfAborted();
    const token = `trustkeep-${randomBytes(12).toString('hex')}`;
    const marks = { begin: `${token}b`, end: `${token}e` };
    const words = request.args.map(inOneLine).join(' ');
    const { promise, resolve, reject } = Promise.withResolvers<ExecResult>();
    const [stdout, stderr] = [new FramedOutput(marks, request.limit), new FramedOutput(marks, request.limit)];
    const running = { request, token, words, stdout, stderr, resolve, reject };
    this.#running = running;
    const timer = this.#clock.after(request.timeoutMs, () => this.#late());
    const aborted = (): void => this.stop(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    if (this.#over) this.#gone();
    else if (this.#channel === undefined) this.#open();
    else this.#send(this.#channel, running);
    return promise.finally(() => {
      timer.cancel();
      signal?.removeEventListener('abort', aborted);
    });
  }

  #open(): void {
    openChannel(
      this.#client,
      this.#start.line,
      (channel) => this.#opened(channel),
      (error) => {
        this.#over = true;
        this.#take()?.reject(error);
      },
    );
  }

  #opened(channel: ClientChannel): void {
    this.#channel = channel;
    if (this.#over) {
      this.#kill();
      return;
    }
    channel.on('data', (part: Buffer) => this.#heard('stdout', part));
    channel.stderr.on('data', (part: Buffer) => this.#heard('stderr', part));
    channel.on('error', () => this.#gone());
    channel.on('close', () => this.#gone());
    for (const part of this.#start.head) channel.write(part);
    if (this.#running !== undefined) this.#send(channel, this.#running);
  }

  #send(channel: ClientChannel, { request: { text, stdin }, token, words }: Running): void {
    const { marker } = this.#start;
    let name = this.#known.get(text);
    if (name === undefined) {
      name = `s${this.#known.size}`;
      this.#known.set(text, name);
      channel.write(`${marker} ${name}=${inOneLine(text)}\n`);
    }
    const takes = stdin === undefined ? 'nothing' : 'input';
    channel.write(`${marker} ask ${token} ${takes} "$${name}" ${words}\n`);
    if (stdin !== undefined) channel.write(stdin);
  }

  /** Ends it where nothing runs in it: it reads the end of its input. */
  end(): void {
    this.#over = true;
    this.#channel?.end();
  }

  /** Ends it at once, with what runs in it: rejects with `reason`. */
  stop(reason: unknown): void {
    this.#kill();
    this.#take()?.reject(reason);
  }

  #late(): void {
    this.#kill();
    const running = this.#take();
    if (running !== undefined) running.resolve(resultOf(running, null, true));
  }

  #kill(): void {
    this.#over = true;
    killChannel(this.#channel);
  }

  #heard(stream: 'stdout' | 'stderr', part: Buffer): void {
    const running = this.#running;
    if (running === undefined) return;
    running[stream].push(part);
    const code = running.stdout.said;
    if (code === null || running.stderr.said === null) return;
    this.#take();
    if (running.request.stdin !== undefined && code !== '0') this.#over = true;
    running.resolve(resultOf(running, Number(code), false));
  }

  #gone(): void {
    this.#over = true;
    const running = this.#take();
    if (running === undefined) return;
    const begun = running.stdout.begun || running.stderr.begun;
    running.reject(
      begun
        ? new Error('the session ended without an exit status')
        : new NotBegun('the command interpreter ended'),
    );
  }

  #take(): Running | undefined {
    const running = this.#running;
    this.#running = undefined;
    return running;
  }
}

function resultOf({ stdout, stderr }: Running, code: number | null, timedOut: boolean): ExecResult {
  return {
    ...{ code, timedOut, cut: stdout.cut || stderr.cut },
    ...{ stdout: stdout.bytes(), stderr: stderr.bytes() },
  };
}

/** One argument, without a line feed. */
const inOneLine = (text: string): string => quote(text).replaceAll('\n', `'"$nl"'`);
