import type { Client, ClientChannel } from 'ssh2';
import type { Clock, Timer } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';

/** The server may say how a program ended before it has passed on all that it said. */
const lastWordsMs = 2000;

interface SessionRequest {
  line: string;
  stdin: readonly Uint8Array[];
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  leavesBehind?: boolean | undefined;
  /** Bytes kept of each output stream; the rest is dropped. */
  limit: number;
}

/** Ends a session from outside: `stop` makes its promise reject with `reason`. */
export interface Session {
  result: Promise<ExecResult>;
  stop(reason: unknown): void;
}

/**
 * Runs one command line in a channel of its own. Rejects when the channel cannot be opened, is stopped, or ends without
 * the server having said how the program ended. At the time-out the program is sent SIGKILL, which not
 * every server passes on.
 */
export function startSession(client: Client, request: SessionRequest, clock: Clock): Session {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let channel: ClientChannel | undefined;
  let timer: Timer | undefined;
  let settled = false;
  let ended: number | null | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<ExecResult>();

  const settle = (finish: () => void) => {
    if (settled) return;
    settled = true;
    timer?.cancel();
    request.signal?.removeEventListener('abort', aborted);
    finish();
  };
  const output = (code: number | null, timedOut: boolean): ExecResult => ({
    code,
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr),
    timedOut,
  });
  const kill = () => {
    try {
      channel?.signal('KILL');
      channel?.close();
    } catch {
      // the connection is gone, and the program's input with it
    }
  };
  const stop = (reason: unknown) => {
    kill();
    settle(() => reject(reason));
  };
  function aborted(): void {
    stop(request.signal?.reason);
  }

  if (request.signal?.aborted) {
    aborted();
    return { result: promise, stop };
  }
  request.signal?.addEventListener('abort', aborted, { once: true });
  timer = clock.after(request.timeoutMs, () => {
    kill();
    settle(() => resolve(output(null, true)));
  });
  try {
    client.exec(request.line, (error, opened) => {
      if (error !== undefined && error !== null) {
        settle(() => reject(error));
        return;
      }
      channel = opened;
      if (settled) {
        kill();
        return;
      }
      collect(opened, stdout, request.limit);
      collect(opened.stderr, stderr, request.limit);
      opened.on('error', (problem: Error) => settle(() => reject(problem)));
      opened.on('exit', (code: number | null) => {
        ended = code;
        if (request.leavesBehind !== true || settled) return;
        timer?.cancel();
        timer = clock.after(lastWordsMs, () => {
          settle(() => resolve(output(code, false)));
          opened.close();
        });
      });
      opened.on('close', () => {
        const code = ended;
        if (code === undefined) settle(() => reject(new Error('the session ended without an exit status')));
        else settle(() => resolve(output(code, false)));
      });
      for (const part of request.stdin) opened.write(part);
      opened.end();
    });
  } catch (error) {
    settle(() => reject(error)); // ssh2 throws when the socket is no longer writable
  }
  return { result: promise, stop };
}

function collect(stream: NodeJS.ReadableStream, parts: Buffer[], limit: number): void {
  let size = 0;
  stream.on('data', (part: Buffer) => {
    if (size >= limit) return;
    parts.push(part);
    size += part.length;
  });
}
