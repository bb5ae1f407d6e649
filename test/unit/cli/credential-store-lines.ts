import { Failure } from '#shared/failure.ts';
import { type CliWorld, cli, scriptedClient } from '#test/make/cli.ts';

/** What the contract was asked for a line, and what the person saw. */
export async function typed(line: readonly string[] | string, path: string, world: CliWorld = {}) {
  const { client, calls } = scriptedClient({ [path]: new Failure('internal', 'Enough.') });
  const words = typeof line === 'string' ? line.split(' ') : line;
  const run = await cli(words, { running: client, ...world });
  return { ...run, input: calls[0]?.[1] as Record<string, unknown> | undefined, calls };
}

export const update = 'credentialStores.update';
