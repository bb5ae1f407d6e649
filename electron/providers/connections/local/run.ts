import { type ExecResult, exec } from '#kit/exec.ts';
import { due } from '#kit/in-slices.ts';
import { Secret } from '../../../secrets/secret.ts';
import { defaultTimeoutMs, wholeOrFailure } from '../common/exec-outcome.ts';
import type { HostExec } from '../connection.ts';
import { codeOf } from './trouble.ts';

/** As `HostConnection.exec`, until `closed` is aborted. */
export async function runLocally(request: HostExec, closed: AbortSignal): Promise<ExecResult> {
  const { stdin, signal } = request;
  const stop = signal === undefined ? closed : AbortSignal.any([signal, closed]);
  if (stop.aborted) throw stop.reason;
  await due(); // a program takes milliseconds to start, in which the loop is held
  try {
    const result = await exec({
      argv: request.argv,
      stdin: stdin instanceof Secret ? stdin.bytes() : stdin,
      timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
      signal: stop,
      leavesBehind: request.leavesBehind,
      maxOutputBytes: request.outputBytes,
    });
    return wholeOrFailure(request, result, 'this machine');
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    const code = { ENOENT: 127, EACCES: 126 }[codeOf(error) ?? ''];
    if (code === undefined) throw error;
    const said = `${request.argv[0]}: ${code === 127 ? 'not found' : 'Permission denied'}\n`;
    return { code, stdout: Buffer.alloc(0), stderr: Buffer.from(said), timedOut: false };
  }
}
