import { z } from 'zod';
import type { ExecResult } from '#kit/exec.ts';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { HostExec } from '../connection.ts';
import { defaultTimeoutMs, wholeOrFailure } from './exec-outcome.ts';
import { largestRead } from './file-failures.ts';
import { commandLine } from './windows-arguments.ts';
import { ScriptFailed, type WindowsScripts } from './windows-scripts.ts';
import { win32Of } from './windows-troubles.ts';

/** For the interpreter to start, and to end what takes too long. */
const graceMs = 30_000;

const ended = z.object({
  code: z.number().nullable(),
  timedOut: z.boolean(),
  cut: z.boolean(),
  stdout: z.number(),
});

/** As `HostConnection.exec`. What the program started is ended with it by the time-out. */
export async function runOnWindows(
  scripts: WindowsScripts,
  request: HostExec,
  host: string,
): Promise<ExecResult> {
  const { argv, stdin, signal, timeoutMs = defaultTimeoutMs, outputBytes = largestRead } = request;
  const script = {
    name: 'run' as const,
    parameters: {
      program: argv[0],
      line: commandLine(argv, host),
      milliseconds: timeoutMs,
      limit: outputBytes,
      leavesBehind: request.leavesBehind === true,
    },
    content: stdin instanceof Secret ? stdin.bytes() : stdin,
    gives: ended,
    timeoutMs: timeoutMs + graceMs,
    signal,
  };
  try {
    const { value, content } = await (request.selfContained === true
      ? scripts.run(script)
      : scripts.runAlone(script));
    const { code, timedOut, cut } = value;
    const printed = { stdout: content.subarray(0, value.stdout), stderr: content.subarray(value.stdout) };
    return wholeOrFailure(request, { code, timedOut, cut, ...printed }, host);
  } catch (thrown) {
    if (!(thrown instanceof ScriptFailed)) throw thrown;
    return notStarted(thrown, argv[0], host);
  }
}

/** As an interpreter of commands tells it: 127 for what is not there, 126 for what cannot be run. */
function notStarted({ error }: ScriptFailed, program: string, host: string): ExecResult {
  const win32 = error.native === 0 ? 0 : win32Of(error);
  const code = [2, 3].includes(win32) ? 127 : [5, 193, 216, 740].includes(win32) ? 126 : null;
  const said = `${program}: ${error.message ?? error.type}\r\n`;
  if (code !== null) return { code, stdout: Buffer.alloc(0), stderr: Buffer.from(said), timedOut: false };
  throw new Failure('interpreter.script-failed', `${program} could not be run on ${host}.`, {
    hint: 'Check the message of the system.',
    peerSaid: peerTail(said),
  });
}
