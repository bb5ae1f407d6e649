import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { said } from './run.ts';

/**
 * Starts a server that is not running with what was found when it still ran; null: it is not ours to start, and it is said
 * so. `endpoint.not-running`, `endpoint.restart-failed`.
 */
export async function startOrSaySo(
  connection: HostConnection,
  server: string,
  startAgain: readonly string[] | null,
): Promise<void> {
  if (startAgain === null) {
    throw new Failure('endpoint.not-running', `${server} is not running on ${connection.description}.`, {
      hint: `Start ${server} there, then try again.`,
    });
  }
  const result = await connection.exec({
    argv: startAgain as [string, ...string[]],
    timeoutMs: 60_000,
    leavesBehind: true,
  });
  if (result.code !== 0) throw notLoaded({ connection, server, argv: startAgain, reason: said(result) });
}

/** `endpoint.restart-failed` of a server, with what it gave as its reason. */
export function notLoaded({
  connection,
  server,
  argv,
  reason,
  what = `${server} did not load the new configuration`,
}: {
  connection: HostConnection;
  server: string;
  argv: readonly string[];
  reason: string;
  what?: string | undefined;
}): Failure {
  return new Failure('endpoint.restart-failed', `${what} on ${connection.description} (${argv.join(' ')}).`, {
    hint: `Check the message and the error log of ${server} for the reason.`,
    peerSaid: reason,
  });
}

/** Bytes in a log; 0: there is none. */
export async function sizeOf(connection: HostConnection, path: string | null): Promise<number> {
  if (path === null) return 0;
  return (await connection.stat(path).catch(() => null))?.size ?? 0;
}

/** The lines of this kind that a log gained since it had this size. */
export async function loggedSince(
  connection: HostConnection,
  path: string | null,
  size: number,
  kind: RegExp,
): Promise<string> {
  if (path === null) return '';
  const result = await connection.exec({
    argv: ['tail', '-c', `+${size + 1}`, '--', path],
    timeoutMs: 30_000,
  });
  const lines = result.stdout.toString('utf8').split('\n');
  return peerTail(lines.filter((line) => kind.test(line)).join('\n'));
}
