import type { ExecResult } from '#kit/exec.ts';
import type { HostConnection } from '../connection.ts';
import type { Place } from './file-failures.ts';
import type * as posix from './posix.ts';

/** A script of `posix.ts` with its arguments. */
export interface Script {
  text: string;
  args: readonly string[];
  stdin?: Uint8Array | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  leavesBehind?: boolean | undefined;
  /**
   * It starts nothing that outlives it, and reads exactly `stdin`: it may run in a command interpreter that others use before
   * and after it.
   */
  kept?: boolean | undefined;
  /** Bytes wanted of each output stream. Default: those of the largest file. */
  outputBytes?: number | undefined;
}

/** A POSIX host that can run a script, however it is reached: all that a connection type over one has to say. */
export interface PosixHost
  extends Pick<HostConnection, 'description' | 'dialAddress' | 'credentialUsed' | 'close'> {
  readonly tools: posix.HostTools;
  /** For failures: where and as whom, and what would help. */
  readonly place: Place;
  /**
   * Runs `prologue` and the script, and gives what the script itself printed. Resolves whatever its exit code, also after
   * the time-out. Rejects as `HostConnection.exec` does.
   */
  run(script: Script): Promise<ExecResult>;
}
