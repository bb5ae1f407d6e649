import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { ConfigurationLineChange } from '#shared/model/changes/configuration-line.ts';
import type { FileChange, FileState } from '#shared/model/changes/file.ts';
import { type Ownership, posix as posixOwnership } from '#shared/model/changes/ownership.ts';
import type { Ground } from '#shared/model/plan.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { applyLines } from './configuration-lines.ts';
import { existingDirectory } from './keys.ts';
import { keptName, newKeyName, noteName } from './names.ts';
import { ownershipOf, statesOf } from './states.ts';

/** One piece of a configuration file that is to be replaced. */
export interface Replacement {
  /** As the server names the file. */
  file: string;
  start: number;
  end: number;
  text: string;
  shown: Pick<ConfigurationLineChange, 'path' | 'line' | 'before' | 'after'>;
}

/** Where certificate and key go, and what has to change for that. Paths are real ones. */
export interface PairGoal {
  certificate: string;
  key: string;
  edits: readonly Replacement[];
  /** Owner and mode for files that do not exist yet. */
  likeCertificate: FileState | null;
  likeKey: FileState | null;
  /** Of the files that were looked at, by their path. */
  states: ReadonlyMap<string, FileState | null>;
}

/** What a plan knows of the configuration files of a server, by the names that the server gives them. */
interface ConfigurationFiles {
  real(name: string): string;
  /** Bytes of a file that is edited. */
  content(name: string): Buffer | undefined;
}

/** A file that is going to be written, and what one that is not there yet takes after. */
interface Wanted {
  path: string;
  holds: FileChange['holds'];
  like: FileState | null;
  mode: number;
  /** The name by which the configuration that is edited goes; null: it is written as a whole. */
  edited: string | null;
}

/** Key, then certificate, then configuration, so that it never names a file that is not there. `connection.*`, `file.*`. */
export async function plannedFiles(
  connection: HostConnection,
  goal: PairGoal,
  configuration: ConfigurationFiles,
): Promise<FileChange[]> {
  const names = new Set(goal.edits.map((edit) => edit.file));
  const wanted = [...pairOf(goal), ...[...names].map((name) => editedFile(configuration.real(name), name))];
  const unseen = wanted.map(({ path }) => path).filter((path) => !goal.states.has(path));
  const states = await statesOf(connection, unseen);
  const files: FileChange[] = [];
  for (const one of wanted) {
    const state = goal.states.get(one.path) ?? states[unseen.indexOf(one.path)] ?? null;
    const file = await plannedFile(connection, one, state);
    const own = goal.edits.filter((edit) => edit.file === one.edited);
    const content = one.edited === null ? undefined : configuration.content(one.edited);
    const sha256 = one.edited === null ? null : sha256Hex(applyLines(content ?? Buffer.alloc(0), own));
    files.push({ ...file, after: { ...file.after, sha256 } });
  }
  return files;
}

function editedFile(path: string, edited: string): Wanted {
  return { path, holds: 'configuration', like: null, mode: 0o644, edited };
}

function pairOf({ key, certificate, likeKey, likeCertificate }: PairGoal): Wanted[] {
  const forKey = { path: key, like: likeKey, mode: 0o600, edited: null };
  if (key === certificate) return [{ ...forKey, holds: 'certificate-and-key' }];
  return [
    { ...forKey, holds: 'private-key' },
    { path: certificate, holds: 'certificate', like: likeCertificate, mode: 0o644, edited: null },
  ];
}

async function plannedFile(
  connection: HostConnection,
  { path, holds, like, mode }: Wanted,
  before: FileState | null,
): Promise<FileChange> {
  const ownership =
    before?.ownership ?? (like === null ? await ownershipAbove(connection, path, mode) : ownershipLike(like));
  return { kind: 'file', path, holds, before, after: { sha256: null, ownership } };
}

/** A new file is open to whom the one it takes after is; attributes and label are made with it. */
function ownershipLike({ ownership }: FileState): Ownership {
  return ownership.system === 'posix' ? { ...ownership, attributes: null, label: null } : ownership;
}

/** A new file belongs to whom the directory belongs to. */
async function ownershipAbove(connection: HostConnection, path: string, mode: number): Promise<Ownership> {
  const facts = await connection.stat(await existingDirectory(connection, path));
  if (facts === null) return posixOwnership('', '', mode);
  return ownershipOf({ ...facts, mode });
}

/** As a plan has it. */
export function lineOf(
  { real }: Pick<ConfigurationFiles, 'real'>,
  { file, start, end, text, shown }: Replacement,
): ConfigurationLineChange {
  return { kind: 'configuration-line', ...shown, replaces: { path: real(file), start, end, text } };
}

/** What a plan stands on: the configuration (SHA-256 by name), and those of these names that lead elsewhere. */
export function groundsOf(hashes: Record<string, string>, links: Record<string, string>): Ground[] {
  return [
    ...Object.entries(hashes).map(([name, sha256]) => ({ what: 'content' as const, name, sha256 })),
    ...Object.entries(links).map(([name, leadsTo]) => ({ what: 'link' as const, name, leadsTo })),
  ];
}

/** Configured names that are symbolic links, or lie below one, with where they lead. */
export function linksAmong(
  names: readonly (string | null | undefined)[],
  real: (name: string) => string,
): Record<string, string> {
  const given = names.filter((name) => typeof name === 'string');
  return Object.fromEntries(
    given.flatMap((name) => (real(name) === posix.normalize(name) ? [] : [[name, real(name)]])),
  );
}

/**
 * Nothing we put on the endpoint for a while may be taken for configuration: `isRead` says whether the server, by this name,
 * reads a file at a path by a pattern. `node.not-installable`.
 */
export function refuseRead(
  server: string,
  files: readonly FileChange[],
  keepDir: string,
  isRead: (path: string) => boolean,
): void {
  const ours = files.flatMap(({ path, before }) => (before === null ? [path] : [keptName(path, 'tag')]));
  ours.push(newKeyName(keepDir, 'key', 'tag'), noteName(keepDir, 'tag'));
  const caught = ours.find(isRead);
  if (caught === undefined) return;
  throw new Failure(
    'node.not-installable',
    `${server} includes everything in ${posix.dirname(caught)}, so nothing can be kept there during an install.`,
    { hint: 'Narrow the include directive, for example to *.conf.' },
  );
}
