import type { ExecResult } from '#kit/exec.ts';
import { Failure } from '#shared/failure.ts';
import type { ServiceTools } from './service.ts';

/** Runs a program of the service manager. Rejects with `service.failed` and what it said when it refuses. */
export async function mustRun(
  tools: ServiceTools,
  argv: readonly [string, ...string[]],
  what: string,
): Promise<ExecResult> {
  const result = await tools.run(argv);
  if (result.code === 0) return result;
  throw refused(what, argv, result);
}

function refused(what: string, argv: readonly string[], result: ExecResult): Failure {
  const said = [result.stderr, result.stdout].map(textOf).find((text) => text !== '') ?? '';
  const why = result.timedOut ? 'it took too long' : said || `it ended with ${result.code ?? 'a signal'}`;
  return new Failure('service.failed', `${what}: ${argv.slice(0, 2).join(' ')} refused: ${why}`, {
    hint: 'Nothing else was changed. Put that right and run the command again.',
  });
}

export function textOf(output: Uint8Array): string {
  return Buffer.from(output).toString('utf8').trim().slice(0, 4000);
}
