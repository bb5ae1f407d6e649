import type { ExecResult } from '#kit/exec.ts';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { HostConnection, HostExec } from '../../connections/connection.ts';

const noSpace = /: (No space left on device|Disk quota exceeded)$/im;

/** Runs a program on the endpoint; anything but success is `endpoint.command-failed` or `file.disk-full`, with what it said. */
export async function run(connection: HostConnection, request: HostExec): Promise<ExecResult> {
  const result = await connection.exec({ timeoutMs: 60_000, ...request });
  if (result.code === 0) return result;
  const program = request.argv[0] === 'sh' ? 'a shell command' : request.argv[0];
  if (noSpace.test(result.stderr.toString('utf8')))
    throw new Failure(
      'file.disk-full',
      `On ${connection.description}, ${program} ended with code ${result.code}: there is not enough space for what it writes.`,
      {
        hint: 'Free some space on that file system (or raise the quota) and try again.',
        peerSaid: said(result),
      },
    );
  throw new Failure(
    'endpoint.command-failed',
    `On ${connection.description}, ${program} ended with code ${result.code}.`,
    {
      hint: 'Check that the account is allowed to do this on the endpoint.',
      peerSaid: said(result),
    },
  );
}

/** All that a program said on both streams, or the end of it, for people. `masks`: secrets that must not be shown. */
export function saidInAll({ stdout, stderr }: ExecResult, masks: Iterable<string>): string {
  const both = [stdout, stderr].map((stream) => stream.toString('utf8').trim());
  return peerTail(both.filter((text) => text !== '').join('\n'), masks, 1000);
}

/** What a program said, for people: the error stream, else the output. */
export function said(result: ExecResult): string {
  const error = result.stderr.toString('utf8').trim();
  return peerTail(error === '' ? result.stdout.toString('utf8') : error);
}
