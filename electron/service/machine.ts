import { readFile, writeFile } from 'node:fs/promises';
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
    hint: 'Fix that, then run the command again.',
  });
}

/**
 * Writes a unit or script and has it count by `apply`. When that refuses, the file is what it was before. Rejects with
 * `service.failed`.
 */
export async function writeAndApply(
  file: string,
  text: string,
  mode: number,
  apply: () => Promise<unknown>,
): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => null);
  await write(file, text, mode);
  try {
    await apply();
  } catch (error) {
    if (before !== null) await write(file, before, mode);
    throw error;
  }
}

function write(file: string, text: string, mode: number): Promise<void> {
  return writeFile(file, text, { mode, flush: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Failure('service.failed', `${file} could not be written (${error.code}).`, { cause: error });
  });
}

export function textOf(output: Uint8Array): string {
  return Buffer.from(output).toString('utf8').trim().slice(0, 4000);
}
