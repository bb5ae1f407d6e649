import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { type FileChange, type FileState, file } from '#shared/model/changes/file.ts';
import { type Ownership, octal, posix } from '#shared/model/changes/ownership.ts';
import type { Ground } from '#shared/model/plan.ts';
import type { FileFacts, FileRights, HostConnection, WriteOptions } from '../../connections/connection.ts';
import { dirname } from './paths.ts';

/** Something that is no longer as planned; for people. */
export interface Drift {
  /** The file or directory that the sentence names; null: none. */
  path: string | null;
  sentence: string;
}

/** `what` completes the path to a sentence. */
export const driftOf = (path: string, what: string): Drift => ({ path, sentence: `${path} ${what}` });

export const sentencesOf = (found: readonly Drift[]): string[] => found.map(({ sentence }) => sentence);

/** Content hash, and whose it is, of a file as it is now; null when there is none. */
export async function stateOf(connection: HostConnection, path: string): Promise<FileState | null> {
  const [state = null] = await statesOf(connection, [path]);
  return state;
}

/** The same of several, in their order; without what a file has beside owner and mode where that is not wanted. */
export async function statesOf(
  connection: HostConnection,
  paths: readonly string[],
  wanted: 'all' | 'owner and mode' = 'all',
): Promise<(FileState | null)[]> {
  const facts = await Promise.all(paths.map((path) => connection.stat(path)));
  const there = facts.filter((one) => one !== null);
  const other = there.find(({ kind }) => kind !== 'file');
  if (other !== undefined) {
    throw new Failure('file.not-a-file', `${other.path} on ${connection.description} is not a plain file.`, {
      hint: 'Use the path of the file itself.',
    });
  }
  const rights =
    wanted === 'all' ? connection.rights(there.map(({ path }) => path)) : there.map(() => unread);
  const states = there.map(async (one): Promise<[FileFacts, FileState]> => {
    const [sha256, all] = await Promise.all([connection.hash(one.path), rights]);
    const own = all[there.indexOf(one)];
    if (own === undefined) throw new Error(`nothing was said of ${one.path}`);
    const state = { sha256, size: one.size, ownership: ownershipOf(one, own) };
    return [one, one.names > 1 ? { ...state, names: one.names } : state];
  });
  const known = new Map<FileFacts | null, FileState>(await Promise.all(states));
  return facts.map((one) => known.get(one) ?? null);
}

/** What a connection reads of a file's owner and rights; what it cannot tell is null, and nothing is claimed about it. */
export function ownershipOf(
  { system, owner, group, mode }: FileFacts,
  rights: Pick<FileRights, 'acl' | 'attributes' | 'label'> = unread,
): Ownership {
  if (system !== 'posix')
    return {
      ...{ system: 'windows', owner: owner === 'unknown' ? null : owner },
      ...{ acl: rights.acl, attributes: rights.attributes },
    };
  const { acl, attributes, label } = rights;
  return { ...posix(owner, group, mode), acl, attributes, label };
}

const unread = { acl: null, attributes: null, label: null };

/** What to read before saying yes when a key lies open, and stays so. */
export function openToAll({ path, holds, after: { ownership } }: FileChange): string[] {
  const hasKey = holds === 'private-key' || holds === 'certificate-and-key';
  if (!hasKey || ownership.system !== 'posix' || (ownership.mode & 0o007) === 0) return [];
  return [`${path} can be read by every user (mode ${octal(ownership.mode)}), and will be afterwards.`];
}

/** As a connection takes it. */
export function writeOptions(one: Ownership): WriteOptions {
  if (one.system !== 'posix') return { mode: 0 };
  const { mode, owner, group, acl } = one;
  return { mode, owner, group, acl: acl ?? undefined };
}

/**
 * Planned paths are where links led when the plan was made. One that is a link by now, also one that leads to nothing, or lies
 * below one, would have another file written than the one that was approved, however equal their content. For people; empty
 * when it is none.
 */
export async function ledAway(connection: HostConnection, path: string): Promise<string[]> {
  return sentencesOf(await leadsAway(connection, path));
}

async function leadsAway(connection: HostConnection, path: string): Promise<Drift[]> {
  return awayFrom(connection, path, await connection.stat(path));
}

/** The same, with what is there already known. */
async function awayFrom(
  connection: HostConnection,
  path: string,
  own: Pick<FileFacts, 'path' | 'realPath'> | null,
): Promise<Drift[]> {
  const place = own ?? (await connection.stat(dirname(path)));
  if (place !== null && place.realPath !== place.path)
    return [driftOf(place.path, `now leads to ${place.realPath}`)];
  if (own !== null || place === null) return [];
  const link = await connection.exec({ argv: ['readlink', '--', path], timeoutMs: 30_000 });
  return link.code === 0
    ? [driftOf(path, `is now a link to ${peerTail(link.stdout.toString('utf8').trim())}`)]
    : [];
}

/** What changed on the endpoint since these files were planned. */
export async function fileDrift(connection: HostConnection, files: readonly FileChange[]): Promise<Drift[]> {
  const [away, states] = await Promise.all([
    Promise.all(files.map(({ path }) => leadsAway(connection, path))),
    statesOf(
      connection,
      files.map(({ path }) => path),
    ),
  ]);
  return files.flatMap((one, at) => [
    ...(away[at] ?? []),
    ...file.drift(one, states[at] ?? null).map((sentence) => ({ path: one.path, sentence })),
  ]);
}

/** Names that lead elsewhere by now than when the plan was made. */
export async function linkDrift(connection: HostConnection, standsOn: readonly Ground[]): Promise<Drift[]> {
  const found: Drift[] = [];
  for (const one of standsOn) {
    if (one.what !== 'link') continue;
    const now = (await connection.stat(one.name))?.realPath ?? null;
    if (now !== one.leadsTo)
      found.push(driftOf(one.name, now === null ? 'is missing' : `now leads to ${now}`));
  }
  return found;
}

/** Throws `endpoint.drifted` when there is any difference. */
export function refuseDrift(found: readonly string[], connection: HostConnection): void {
  if (found.length === 0) return;
  const shown = found.slice(0, 5).join('; ');
  const more = found.length > 5 ? `; and ${found.length - 5} more` : '';
  throw new Failure(
    'endpoint.drifted',
    `Since the plan was made, something has changed on ${connection.description}: ${shown}${more}.`,
    { hint: 'Make a new plan and review it. Nothing was changed.' },
  );
}

/** Before writing: a plan that knows already what its files will hold is carried out with that alone. `install.other-content`. */
export function refuseOtherContent(
  files: readonly FileChange[],
  will: Readonly<Record<string, string>>,
  connection: HostConnection,
): void {
  const other = files.find(({ path, after }) => after.sha256 !== null && after.sha256 !== will[path]);
  if (other === undefined) return;
  throw new Failure(
    'install.other-content',
    `${other.path} on ${connection.description} would not hold what was checked with the new certificate.`,
    { hint: 'Nothing was written. Request the certificate again.' },
  );
}

/** Before writing: every file must be as planned, or already as it will be (an install that is run again). */
export async function refuseForeignContent(
  connection: HostConnection,
  files: readonly FileChange[],
  after: Readonly<Record<string, string>>,
): Promise<void> {
  const sums = await connection.sums(files.map(({ path }) => path));
  const found = await Promise.all(
    files.map(async ({ path, before }, at) => {
      const sum = sums[at] ?? null;
      const away = sentencesOf(await awayFrom(connection, path, sum));
      if (away.length > 0) return away;
      const now = sum === null ? null : (sum.sha256 ?? (await connection.hash(path)));
      if (now === (before?.sha256 ?? null) || now === after[path]) return [];
      return [now === null ? `${path} is missing` : `${path} has other content`];
    }),
  );
  refuseDrift(found.flat(), connection);
}
