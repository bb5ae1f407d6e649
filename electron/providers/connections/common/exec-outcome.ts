import type { ExecResult } from '#kit/exec.ts';
import { Failure } from '#shared/failure.ts';
import { commandTimedOut, type HostExec } from '../connection.ts';
import { largestRead } from './file-failures.ts';

export const defaultTimeoutMs = 60_000;

/**
 * The result when the program ended by itself and all that it printed is there: nobody may take a part for the whole, or our
 * patience for its answer. Else throws as `HostConnection.exec` says.
 */
export function wholeOrFailure(request: HostExec, result: ExecResult, host: string): ExecResult {
  if (request.partial === true) return result;
  const program = request.argv[0] === 'sh' ? 'a shell command' : request.argv.slice(0, 2).join(' ');
  if (result.timedOut) throw commandTimedOut(host, program, request.timeoutMs ?? defaultTimeoutMs);
  if (result.cut !== true) return result;
  const mebibytes = Math.round((request.outputBytes ?? largestRead) / 1024 / 1024);
  throw new Failure(
    'endpoint.output-too-large',
    `On ${host}, ${program} printed more than ${mebibytes} MiB, which is more than Trustkeep reads.`,
    { hint: 'Nothing is done with a part of it. Run it there to see why it prints so much.' },
  );
}
