import { spawn } from 'node:child_process';

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
  /** Bytes kept of each output stream; the rest is dropped. Default 16 MiB. */
  maxOutputBytes?: number | undefined;
}

export interface ExecResult {
  /** Exit code; null when ended by a signal or by the time-out. */
  code: number | null;
  stdout: Buffer;
  stderr: Buffer;
  timedOut: boolean;
}

const commonPlaces = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The small environment our children get: nothing of ours leaks into it. */
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

/**
 * Runs a program without a command interpreter. Resolves whatever its exit code; rejects when it cannot be
 * started (ENOENT, EACCES) or the signal aborts. Safe concurrently.
 */
export function exec(request: ExecRequest): Promise<ExecResult> {
  const [program, ...args] = request.argv;
  const limit = request.maxOutputBytes ?? 16 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: request.env ?? childEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      signal: request.signal,
      killSignal: 'SIGKILL',
    });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    }, request.timeoutMs);
    const stdout = collect(child.stdout, limit);
    const stderr = collect(child.stderr, limit);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        code: timedOut ? null : code,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
        timedOut,
      });
    });
    child.stdin.on('error', () => {}); // the program may close its input early; its exit code tells the story
    child.stdin.end(request.stdin ?? Buffer.alloc(0));
  });
}

function collect(stream: NodeJS.ReadableStream, limit: number): Buffer[] {
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('data', (part: Buffer) => {
    if (size >= limit) return;
    parts.push(part);
    size += part.length;
  });
  return parts;
}
