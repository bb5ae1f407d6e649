import { Failure } from '#shared/failure.ts';
import type { FileState, PlannedFile } from '#shared/model/plan.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { dirname } from './paths.ts';

/** Content hash, owner and mode of a file as it is now; null when there is none. */
export async function stateOf(connection: HostConnection, path: string): Promise<FileState | null> {
  const facts = await connection.stat(path);
  if (facts === null) return null;
  if (facts.kind !== 'file') {
    throw new Failure('file.not-a-file', `${path} on ${connection.description} is not a plain file.`, {
      hint: 'Give the path of the file itself.',
    });
  }
  const { size, owner, group, mode } = facts;
  return { sha256: await connection.hash(path), size, owner, group, mode };
}

export const octal = (mode: number): string => `0${mode.toString(8)}`;

/** What is different between a file's expected and present state, for people; empty when nothing is. */
export function differences(path: string, before: FileState | null, now: FileState | null): string[] {
  if (before === null) return now === null ? [] : [`${path} is new`];
  if (now === null) return [`${path} is missing`];
  const found: string[] = [];
  if (now.sha256 !== before.sha256) found.push(`${path} has other content`);
  if (now.owner !== before.owner || now.group !== before.group)
    found.push(`${path} now belongs to ${now.owner}:${now.group} instead of ${before.owner}:${before.group}`);
  if (now.mode !== before.mode)
    found.push(`${path} now has mode ${octal(now.mode)} instead of ${octal(before.mode)}`);
  return found;
}

/**
 * Planned paths are where links led when the plan was made. One that is a link by now, or lies below one, would have
 * another file written than the one that was approved, however equal their content.
 */
async function ledAway(connection: HostConnection, { path, before }: PlannedFile): Promise<string[]> {
  const own = await connection.stat(path);
  const place = own ?? (before === null ? await connection.stat(dirname(path)) : null);
  return place === null || place.realPath === place.path
    ? []
    : [`${place.path} now leads to ${place.realPath}`];
}

/** What changed on the target since these files were planned. */
export async function fileDrift(
  connection: HostConnection,
  files: readonly PlannedFile[],
): Promise<string[]> {
  const each = await Promise.all(
    files.map(async (file) => [
      ...(await ledAway(connection, file)),
      ...differences(file.path, file.before, await stateOf(connection, file.path)),
    ]),
  );
  return each.flat();
}

/** Throws `target.drifted` when there is any difference. */
export function refuseDrift(found: readonly string[], connection: HostConnection): void {
  if (found.length === 0) return;
  const shown = found.slice(0, 5).join('; ');
  const more = found.length > 5 ? `; and ${found.length - 5} more` : '';
  throw new Failure(
    'target.drifted',
    `${connection.description} changed since the plan was made: ${shown}${more}.`,
    { hint: 'Make a new plan and look at it again. Nothing was changed.', retry: 'needs-person' },
  );
}

/** Before writing: every file must be as planned, or already as it will be (an install that is run again). */
export async function refuseForeignContent(
  connection: HostConnection,
  files: readonly PlannedFile[],
  after: Readonly<Record<string, string>>,
): Promise<void> {
  const found = await Promise.all(
    files.map(async (file) => {
      const away = await ledAway(connection, file);
      if (away.length > 0) return away;
      const now = (await connection.stat(file.path)) === null ? null : await connection.hash(file.path);
      if (now === (file.before?.sha256 ?? null) || now === after[file.path]) return [];
      return [now === null ? `${file.path} is missing` : `${file.path} has other content`];
    }),
  );
  refuseDrift(found.flat(), connection);
}
