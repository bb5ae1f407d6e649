import { type ChildProcess, spawn } from 'node:child_process';

/** @internal */
export interface ExecRequest {
  /** Program and arguments, never a joined string. No secret may be in it. */
  argv: readonly [string, ...string[]];
  /** Written to standard input, which is then closed. Where secrets go. */
  stdin?: Uint8Array | undefined;
  /** Milliseconds until the program is ended (SIGKILL). */
  timeoutMs: number;
  /** The whole environment of the child. Default: PATH, HOME and LC_ALL=C only. */
  env?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
  /** It may leave a server behind that keeps its output open: it has ended when it ends itself. */
  leavesBehind?: boolean | undefined;
  /** Bytes kept of each output stream; the rest is dropped, and the result says so. Default 16 MiB. */
  maxOutputBytes?: number | undefined;
}

export interface ExecResult {
  /** Exit code; null when ended by a signal or by the time-out. */
  code: number | null;
  stdout: Buffer;
  stderr: Buffer;
  timedOut: boolean;
  /** More was printed than is kept. */
  cut?: boolean;
}

const commonPlaces = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The small environment our children get: nothing of ours leaks into it. @internal */
export function childEnvironment(): Record<string, string> {
  if (process.platform === 'win32') {
    const keep = [
      'SystemRoot',
      'SystemDrive',
      'PATH',
      'PATHEXT',
      'TEMP',
      'TMP',
      'ProgramData',
      'ProgramFiles',
      'ComSpec',
    ];
    return Object.fromEntries(
      keep.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
  }
  const path = [process.env.PATH, commonPlaces].filter(Boolean).join(':');
  return { PATH: path, HOME: process.env.HOME ?? '/', LC_ALL: 'C' };
}

/** For what a program said last, when its output does not end with it. */
const lastWordsMs = 500;
const windows = process.platform === 'win32';

/**
 * Runs a program without a command interpreter. Resolves whatever its exit code; rejects when it cannot be
 * started (ENOENT, EACCES) or the signal aborts. What it started is ended with it by time-out and signal, and may
 * live on when it ends by itself; it does not outlive us. Safe concurrently.
 */
export function exec(request: ExecRequest): Promise<ExecResult> {
  const { signal } = request;
  const limit = request.maxOutputBytes ?? 16 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const child = started(request);
    const stdout = new Output(child.stdout, limit);
    const stderr = new Output(child.stderr, limit);
    endsWithUs(child);
    let timedOut = false;
    let lastWords: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, request.timeoutMs);
    const end = (): void => {
      endGroup(child);
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const onAbort = (): void => {
      end();
      settle(() => reject(signal?.reason));
    };
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      clearTimeout(lastWords);
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    signal?.addEventListener('abort', onAbort);
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', () => {
      if (request.leavesBehind !== true) return;
      clearTimeout(timer);
      lastWords = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, lastWordsMs);
    });
    child.on('close', (code) =>
      settle(() =>
        resolve({
          code: timedOut ? null : code,
          stdout: stdout.bytes(),
          stderr: stderr.bytes(),
          timedOut,
          cut: stdout.cut || stderr.cut,
        }),
      ),
    );
    child.stdin.on('error', () => {}); // the program may close its input early; its exit code tells the story
    child.stdin.end(request.stdin ?? Buffer.alloc(0));
  });
}

/** A program that stays until it is ended; it does not outlive us. */
export interface StartedProgram {
  stdin: NodeJS.WritableStream;
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
  /** Resolves when it has ended and all that it printed has come, or when it could not be started. */
  ended: Promise<void>;
  /** It and what it started, as far as that did not leave its group. It may have ended. */
  kill(): void;
}

/** Starts a program to be spoken with, without a command interpreter and in the small environment that children get. */
export function start(argv: ExecRequest['argv']): StartedProgram {
  const child = started({ argv });
  endsWithUs(child);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  child.once('close', () => resolve());
  child.once('error', () => resolve());
  const { stdin, stdout, stderr } = child;
  return { stdin, stdout, stderr, ended, kill: () => endGroup(child) };
}

function started({ argv: [program, ...args], env = childEnvironment() }: Pick<ExecRequest, 'argv' | 'env'>) {
  return spawn(program, args, {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    detached: !windows, // a process group of its own
  });
}

/** The program and everything it started that did not leave its group. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (windows) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

const running = new Set<ChildProcess>();

/** Whoever is ended is not waited for any more, and would go on alone. */
function endsWithUs(child: ChildProcess): void {
  if (running.size === 0) process.once('exit', endAll);
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  });
}

function endAll(): void {
  for (const child of running) endGroup(child);
}

/** What a stream brings, up to a limit. */
export class Output {
  /** There was more. */
  cut = false;
  readonly #parts: Buffer[] = [];
  #size = 0;

  constructor(stream: NodeJS.ReadableStream, limit: number) {
    stream.on('data', (part: Buffer) => {
      const room = limit - this.#size;
      if (part.length > room) this.cut = true;
      if (room <= 0) return;
      this.#parts.push(part.length > room ? part.subarray(0, room) : part);
      this.#size += Math.min(part.length, room);
    });
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
