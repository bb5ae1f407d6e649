import type { ExecResult } from '#kit/exec.ts';
import type { HostConnection } from '../connection.ts';
import type { Place } from './file-failures.ts';

/** A program on a Windows host and what it reads. */
export interface WindowsProgram {
  /**
   * Program and arguments, of letters that no command interpreter takes for its own (`isPlainWord`): on some ways to Windows there is
   * one in between. Never a secret.
   */
  argv: readonly [string, ...string[]];
  /** Where secrets go. */
  stdin?: Uint8Array | undefined;
  /** Milliseconds. Default: those of `HostConnection.exec`. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes wanted of each output stream. Default: those of the largest file. */
  outputBytes?: number | undefined;
}

/**
 * A Windows host that can run a program, however it is reached: all that a connection type over one has to say. What is printed is
 * handed on as bytes, whatever the code page.
 */
export interface WindowsHost
  extends Pick<HostConnection, 'description' | 'dialAddress' | 'credentialUsed' | 'close'> {
  /** For failures: where and as whom, and what would help. */
  readonly place: Place;
  /**
   * Resolves whatever the exit code (signed, 32 bits), also after the time-out. Rejects as `HostConnection.exec` does. Safe
   * concurrently. What is begun is ended with it, by time-out and signal too.
   */
  run(program: WindowsProgram): Promise<ExecResult>;
  /** Starts a program that stays and is spoken with. */
  start(argv: WindowsProgram['argv'], signal?: AbortSignal): Promise<StayingProgram>;
}

/** What is said to a program that stays, and when its answer is whole. */
export interface Exchange {
  input: Uint8Array;
  /** Asked by `endOf` after each part: about the newest and what came right before it. */
  isWhole(stdout: Buffer): boolean;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  outputBytes: number;
}

/**
 * Whether the answer is whole with these parts, the newest of an exchange. What tells the end is short: with what came right before,
 * they are enough to see it, and nobody goes through all that was printed again and again.
 */
export function endOf({ isWhole }: Pick<Exchange, 'isWhole'>): (...parts: readonly Buffer[]) => boolean {
  let before = Buffer.alloc(0);
  return (...parts) => {
    const near = Buffer.concat([before, ...parts]);
    before = near.subarray(-256);
    return isWhole(near);
  };
}

/** A program that reads and answers again and again. One exchange at a time. */
export interface StayingProgram {
  /**
   * Rejects with `ProgramGone` when the program had ended before it took any of the input; with a Failure, or the signal's reason,
   * when it is not known how far it came: then it has been ended.
   */
  exchange(exchange: Exchange): Promise<{ stdout: Buffer; stderr: Buffer }>;
  /** Idempotent; resolves when the host keeps nothing of it, or cannot be asked. */
  end(): Promise<void>;
}

/** The program is not there any more and has done nothing with what it was sent. */
export class ProgramGone extends Error {}

/** A word that means itself to cmd, PowerShell and POSIX interpreters alike. */
export function isPlainWord(word: string): boolean {
  return /^[A-Za-z0-9._:/+=-]+$/.test(word);
}
