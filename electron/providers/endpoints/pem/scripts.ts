import type { HostConnection } from '../../connections/connection.ts';
import { said } from '../common/run.ts';

const timeoutMs = 5 * 60_000;
/** What `timeout` of coreutils ends with. */
const tooLate = 124;

/** Argument vector of a script: the file itself, on Windows the interpreter its ending asks for. Never a joined line. */
export function scriptArgv(path: string, args: readonly string[]): [string, ...string[]] {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === 'ps1') return ['powershell', '-NoProfile', '-NonInteractive', '-File', path, ...args];
  // cmd takes its line apart again, so nothing that it could act upon may be in an argument
  if (ending === 'bat' || ending === 'cmd')
    return ['cmd', '/d', '/s', '/c', path, ...args.map((arg) => arg.replace(/[^A-Za-z0-9.*:_@-]/g, '_'))];
  return [path, ...args];
}

/** Runs a user's script and tells how it ended; only a lost connection rejects. */
export async function runUserScript(
  connection: HostConnection,
  path: string,
  args: readonly string[],
): Promise<{ code: number; said: string }> {
  const result = await connection.exec({
    ...{ argv: scriptArgv(path, args), timeoutMs, leavesBehind: true, partial: true },
  });
  if (result.timedOut)
    return { code: tooLate, said: `It was stopped after 5 minutes. ${said(result)}`.trim() };
  return { code: result.code ?? 1, said: said(result) };
}
