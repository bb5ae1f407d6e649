import type { FileChange } from '#shared/model/changes/file.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { dirname } from './paths.ts';

/**
 * A sentence about each file that has further names (hard links): it is replaced under one of them, and the others keep
 * what it held. They are looked for near the file. `connection.*`.
 */
export async function otherNames(
  connection: HostConnection,
  files: readonly FileChange[],
): Promise<string[]> {
  const sentences: string[] = [];
  for (const { path, before } of files) {
    if (before?.names === undefined) continue;
    const near = await namesNear(connection, path);
    const rest = before.names - 1 - near.length;
    const more = rest > 0 ? ` and ${rest} more` : '';
    const named = near.length > 0 ? ` (hard links: ${near.join(', ')}${more})` : ' (hard links)';
    sentences.push(
      `${path} has ${before.names} names${named}. Only ${path} gets the new content; whatever reads the file by another name keeps the previous one.`,
    );
  }
  return sentences;
}

async function namesNear(connection: HostConnection, path: string): Promise<string[]> {
  const argv = [
    'find',
    dirname(dirname(path)),
    '-xdev',
    '-maxdepth',
    '2',
    '-samefile',
    path,
    '-print0',
  ] as const;
  const { stdout } = await connection.exec({
    argv,
    timeoutMs: 15_000,
    partial: true,
    outputBytes: 64 * 1024,
  });
  const found = stdout.toString('utf8').split('\0').slice(0, -1);
  return found
    .filter((name) => name !== path)
    .toSorted()
    .slice(0, 5);
}
