import { posix } from 'node:path';
import { due, inSlices } from '#kit/in-slices.ts';
import { peerTail } from '#kit/redact.ts';
import { Failure, isAboutConnection } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Manager, Takeover } from '#shared/model/manager.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { carefulGrep } from './careful-grep.ts';
import {
  acmeShCopies,
  type CertificateManager,
  certificateManagers,
  copiedByHook,
  copyOf,
  type Managed,
  managedAs,
  takenFromManager,
  unquoted,
} from './certificate-managers.ts';
import { type Copies, findCopies, type ManagedFile } from './copies.ts';

/** Null: nothing on the endpoint shows that another program manages the file of this name. */
export type Managers = (path: string) => Managed | null;

/**
 * Reads lines: `=` and a regular expression, then paths of files in which it is looked for. Then it looks for the first
 * argument in the notes of acme.sh. Prints each match as `path:match`, and nothing else of any file.
 */
const script = `
${carefulGrep}
while IFS= read -r line; do
  case $line in
    =*) pattern=\${line#=};;
    *) if [ -f "$line" ]; then grep $skip -soHE -e "$pattern" -- "$line"; fi;;
  esac
done
pattern=$1
set --
look() { [ "$#" = 0 ] || grep $skip -soHE -e "$pattern" -- "$@"; }
for note in ${acmeShCopies.places.join(' ')}; do
  [ -f "$note" ] || continue
  set -- "$@" "$note"
  [ "$#" -lt 200 ] || { look "$@"; set --; }
done
look "$@"
exit 0
`;

/**
 * Which of these files another program manages, by its own notes on the endpoint and never by a name alone: where it keeps them,
 * where it says that it copies them to, and where its store has the same certificate. Two commands at the same time (more
 * where there are thousands of files), and one when a store has one; none for no files. Only a lost connection rejects: what the account cannot read shows nothing.
 */
export async function readManagers(
  connection: HostConnection,
  files: readonly ManagedFile[],
): Promise<Managers> {
  const known = new Map<string, Managed>();
  const [direct, copies] = await Promise.all([
    notedAbout(
      connection,
      files.flatMap(({ path, realPath }) => [path, realPath]),
    ),
    findCopies(connection, files),
  ]);
  await due();
  const unknown = files.filter(({ path, realPath }) => direct(path) === null && direct(realPath) === null);
  const behind = await notedAbout(
    connection,
    unknown.flatMap((file) => copies.original(file) ?? []),
  );
  await inSlices(files, (file) => {
    const own = direct(file.path) ?? direct(file.realPath) ?? copied(file, copies, behind);
    if (own === null) return;
    known.set(file.path, own);
    known.set(file.realPath, own);
  });
  return (path) => known.get(path) ?? null;
}

/** The same of the certificates and keys that nodes name. `real`: where a path leads. */
export async function readManagersOf(
  connection: HostConnection,
  nodes: readonly { node: Pick<DiscoveredNode, 'certificatePath' | 'keyPath' | 'chainPem'> }[],
  real: (path: string) => string,
): Promise<Managers> {
  const named = new Map<string, string | null>();
  await inSlices(nodes, ({ node }) => {
    for (const path of [node.certificatePath, node.keyPath])
      if (path !== null && !named.has(path)) named.set(path, node.chainPem);
  });
  const files = [...named].map(([path, leafPem]) => ({ path, realPath: real(path), leafPem }));
  return readManagers(connection, files);
}

function copied(file: ManagedFile, copies: Copies, behind: Managers): Managed | null {
  const original = copies.original(file);
  const manager = original === null ? null : behind(original);
  if (original !== null && manager !== null) return copyOf(original, manager);
  const hook = copies.hook(file);
  return hook === null ? null : copiedByHook(hook);
}

/** What the notes of the programs say of files at these paths. */
async function notedAbout(connection: HostConnection, paths: readonly string[]): Promise<Managers> {
  const questions = await questionsAbout(paths);
  const found = paths.length === 0 ? [] : await asked(connection, questions);
  const matches = Map.groupBy(found, ({ note }) => note);
  const about = Map.groupBy(questions, (one) => one.about);
  const copies = new Map(found.flatMap((one) => copyIn(one)));
  return (path) => copies.get(path) ?? noted(about.get(path) ?? [], matches);
}

interface Question {
  about: string;
  manager: CertificateManager;
  note: string;
  name: string;
}

interface Found {
  note: string;
  match: string;
}

async function questionsAbout(paths: readonly string[]): Promise<Question[]> {
  const questions: Question[] = [];
  await inSlices(new Set(paths), (about) => {
    for (const manager of certificateManagers)
      for (const { path, name } of manager.notes(about))
        if (posix.isAbsolute(path) && !path.includes('\n'))
          questions.push({ about, manager, note: path, name });
  });
  return questions;
}

async function asked(connection: HostConnection, questions: readonly Question[]): Promise<Found[]> {
  const lines = certificateManagers.flatMap((manager) => {
    const notes = new Set(questions.filter((one) => one.manager === manager).map(({ note }) => note));
    return [`=${manager.lines}`, ...notes];
  });
  try {
    const { code, stdout } = await connection.exec({
      argv: ['sh', '-c', script, 'sh', acmeShCopies.lines],
      stdin: Buffer.from(`${lines.join('\n')}\n`),
      timeoutMs: 60_000,
    });
    return code === 0 ? matchesIn(stdout.toString('utf8'), new Set(questions.map(({ note }) => note))) : [];
  } catch (error) {
    if (error instanceof Failure && isAboutConnection(error)) throw error;
    return [];
  }
}

/** A path may have colons in it: it is one that was asked about, or a note of acme.sh. */
function matchesIn(output: string, notes: ReadonlySet<string>): Found[] {
  return output.split('\n').flatMap((line) => {
    const copy = /^(.+?\.conf):(Le_Real.*)$/.exec(line);
    if (copy !== null) return [{ note: copy[1] ?? '', match: copy[2] ?? '' }];
    for (let at = line.indexOf(':'); at >= 0; at = line.indexOf(':', at + 1))
      if (notes.has(line.slice(0, at))) return [{ note: line.slice(0, at), match: line.slice(at + 1) }];
    return [];
  });
}

function noted(
  questions: readonly Question[],
  matches: ReadonlyMap<string, readonly Found[]>,
): Managed | null {
  const told = questions.find(({ manager, note, name }) =>
    manager.renews(matches.get(note)?.map(({ match }) => match) ?? [], name),
  );
  return told === undefined ? null : managedAs(told.manager, { path: told.note, name: told.name });
}

/** The file that acme.sh puts a copy into, when this is a line about one. */
function copyIn({ note, match }: Found): [string, Managed][] {
  if (!match.startsWith('Le_Real')) return [];
  return [[posix.normalize(unquoted(match)), managedAs(acmeShCopies, { path: note, name: '' })]];
}

/** Who manages the certificate or the key of a node. */
export function managerOf(
  { certificatePath, keyPath }: Pick<DiscoveredNode, 'certificatePath' | 'keyPath'>,
  managers: Managers,
): Manager | null {
  const [found] = [certificatePath, keyPath].flatMap((path) => (path === null ? [] : (managers(path) ?? [])));
  return found === undefined ? null : { who: found.who, evidence: found.evidence };
}

/** Which of the certificates and keys that a plan replaces are managed by another program, each program once. */
export function takenFrom(managers: Managers, files: readonly FileChange[]): Takeover[] {
  const found = new Map<string, [Managed, string[]]>();
  for (const { path, before, holds } of files) {
    const own = before === null || holds === 'configuration' ? null : managers(path);
    if (own === null) continue;
    const [, known] = found.get(own.evidence) ?? [own, []];
    found.set(own.evidence, [own, [...known, path]]);
  }
  return [...found.values()].map(([own, paths]) => takenFromManager(own, paths));
}

/** How the configuration files of these programs begin: the words of their own documentation and templates. */
const writers: readonly { who: string; words: RegExp }[] = [
  { who: 'Ansible', words: /\b(?:ansible[ _-]managed|managed by ansible)\b/i },
  { who: 'Puppet', words: /\bmanaged by puppet\b/i },
  { who: 'Chef', words: /\b(?:(?:generated|managed) by chef|chef managed file)\b/i },
  { who: 'Salt', words: /\bmanaged by salt(?:stack)?\b/i },
  { who: 'HestiaCP', words: /\bCHANGES WILL BE LOST WHEN REBUILDING DOMAINS\b.*\bhestiacp\b/s },
  {
    who: 'Plesk',
    words: /\bDO NOT MODIFY THIS FILE BECAUSE IT WAS GENERATED AUTOMATICALLY\b.*\bvhost/s,
  },
];

/** Which of the configuration files that a plan edits say at their beginning that a program writes them. */
export function takenFromWriters(
  files: readonly FileChange[],
  contentOf: (path: string) => Buffer | undefined,
): Takeover[] {
  return files.flatMap(({ path, holds }): Takeover[] => {
    const content = holds === 'configuration' ? contentOf(path) : undefined;
    const head = content === undefined ? [] : headOf(content.toString('utf8'));
    const writer = writers.find(({ words }) => words.test(head.join('\n')));
    if (writer === undefined) return [];
    const { who, words } = writer;
    const line = head.find((one) => words.test(one)) ?? head[0] ?? '';
    const evidence = `${path} begins with "${peerTail(line)}"`;
    const sentence = `${who} writes ${path}: the file begins with "${peerTail(line)}". Approving this plan edits it, and ${who} will undo that when it writes the file again. To prevent that, make the same change in what ${who} writes it from.`;
    return [{ who, evidence, files: [path], sentence }];
  });
}

/** The comment lines before anything else, without their signs. */
function headOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const end = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
  return (end < 0 ? lines : lines.slice(0, end))
    .map((line) => line.replace(/^[#\s=]+|[#\s=]+$/g, ''))
    .filter((line) => line !== '');
}
