import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { ConfigurationLineChange } from '#shared/model/changes/configuration-line.ts';
import type { FileChange, FileState } from '#shared/model/changes/file.ts';
import type { Change } from '#shared/model/changes/index.ts';
import { type Ownership, posix as posixOwnership } from '#shared/model/changes/ownership.ts';
import type { Takeover } from '#shared/model/manager.ts';
import type { Ground, InstallPlan } from '#shared/model/plan.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { applyLines } from '../common/configuration-lines.ts';
import { refuseLostRights } from '../common/kept-rights.ts';
import { existingDirectory } from '../common/keys.ts';
import { takenFrom, takenFromWriters } from '../common/managers.ts';
import { refuseMounted } from '../common/mounts.ts';
import { keptName, newKeyName, noteName } from '../common/names.ts';
import { ownershipOf, statesOf } from '../common/states.ts';
import { blockFor, namedBlockFor } from './choice.ts';
import { coldStart } from './cold-start.ts';
import { pidPathOf, reloadCommand, testArgv } from './commands.ts';
import { type Destination, destination, globbed } from './destination.ts';
import type { Replacement } from './edits.ts';
import { familyOfPair, onlyKeysOf } from './key-kinds.ts';
import { surroundings } from './neighbours.ts';
import type { OnDisk } from './nodes.ts';
import type { Configuration } from './parse.ts';
import type { PlanFacts } from './plan-facts.ts';
import { factsOf, nginxRemembers } from './remembers.ts';
import { addressSharings, certificateSharings } from './sharing.ts';
import { planWarnings } from './warnings.ts';

export async function makeInstallPlan(facts: PlanFacts): Promise<InstallPlan> {
  const { chosen, connection, program, configuration } = facts;
  const goal = await destination(facts);
  const files = await plannedFiles(facts, goal);
  await refuseMounted(connection, files);
  const untold = await refuseLostRights(connection, files);
  const keepDir = await existingDirectory(connection, goal.key);
  refuseGlobbed(configuration, files, keepDir);
  const links = linksOf(facts);
  const { warnings, ...around } = surroundings(facts, goal);
  const taken = takeovers(facts, files);
  return {
    nodeKey: chosen.node.key,
    changes: [
      ...goal.newDirectories.map((one) => ({ kind: 'directory' as const, ...one })),
      ...files,
      ...goal.edits.map((edit) => lineOf(facts, edit)),
      ...commandsOf(facts),
    ],
    standsOn: [...contentsOf(configuration), ...linkGrounds(links)],
    remembers: nginxRemembers.write({
      keepDir,
      keyName: posix.basename(goal.key),
      previousFingerprint: onDisk(facts)?.facts.fingerprint ?? null,
      ...factsOf(program),
      pidPath: pidPathOf(configuration, program),
      family: familyOfPair(facts),
    }),
    shares: [...certificateSharings(goal.shared), ...addressSharings(facts.servers, chosen.server)],
    proofs: chosen.places.proofs,
    ...around,
    onlyKeys: onlyKeysOf(facts),
    answers: answersOf(facts),
    ...(taken.length > 0 ? { takesOver: taken } : {}),
    coldStart: coldStart(facts.running),
    warnings: [...goal.warnings, ...planWarnings(facts, files, links), ...untold, ...warnings],
  };
}

/** For which names of the present certificate nginx picks this block somewhere; a wildcard by a name it stands for. */
function answersOf(facts: PlanFacts): InstallPlan['answers'] {
  const { server } = facts.chosen;
  const picked = (name: string, pick: typeof namedBlockFor): boolean =>
    server.listens.some(
      ({ address }) =>
        pick(facts.servers, server.context, address, name.replace(/^\*/, 'trustkeep-check')) === server,
    );
  const names = onDisk(facts)?.facts.names ?? [];
  const named = names.filter((name) => picked(name, namedBlockFor));
  return { named, byDefault: names.filter((name) => !named.includes(name) && picked(name, blockFor)) };
}

function lineOf(facts: PlanFacts, { file, start, end, text, shown }: Replacement): ConfigurationLineChange {
  return { kind: 'configuration-line', ...shown, replaces: { path: facts.real(file), start, end, text } };
}

function contentsOf(configuration: Configuration): Ground[] {
  const hashes = Object.entries(configurationHashes(configuration));
  return hashes.map(([name, sha256]) => ({ what: 'content', name, sha256 }));
}

function linkGrounds(links: Record<string, string>): Ground[] {
  return Object.entries(links).map(([name, leadsTo]) => ({ what: 'link', name, leadsTo }));
}

export function configurationHashes(configuration: Configuration): Record<string, string> {
  return Object.fromEntries([...configuration.files].map(([path, content]) => [path, sha256Hex(content)]));
}

function takeovers({ managers, configuration, real }: PlanFacts, files: readonly FileChange[]): Takeover[] {
  const contents = new Map([...configuration.files].map(([name, content]) => [real(name), content]));
  return [...takenFrom(managers, files), ...takenFromWriters(files, (path) => contents.get(path))];
}

function onDisk(facts: PlanFacts): OnDisk | null {
  const path = facts.chosen.pair?.certificate.path ?? null;
  return path === null ? null : facts.read(path);
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

async function plannedFiles(facts: PlanFacts, goal: Destination): Promise<FileChange[]> {
  const { connection, configuration } = facts;
  const names = new Set(goal.edits.map((edit) => edit.file));
  const wanted = [...pairOf(goal), ...[...names].map((name) => editedFile(facts.real(name), name))];
  const unseen = wanted.map(({ path }) => path).filter((path) => !goal.states.has(path));
  const states = await statesOf(connection, unseen);
  const files: FileChange[] = [];
  for (const one of wanted) {
    const state = goal.states.get(one.path) ?? states[unseen.indexOf(one.path)] ?? null;
    const file = await plannedFile(connection, one, state);
    const own = goal.edits.filter((edit) => edit.file === one.edited);
    const content = one.edited === null ? undefined : configuration.files.get(one.edited);
    const sha256 = one.edited === null ? null : sha256Hex(applyLines(content ?? Buffer.alloc(0), own));
    files.push({ ...file, after: { ...file.after, sha256 } });
  }
  return files;
}

function editedFile(path: string, edited: string): Wanted {
  return { path, holds: 'configuration', like: null, mode: 0o644, edited };
}

function pairOf({ key, certificate, likeKey, likeCertificate }: Destination): Wanted[] {
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

/** Nothing we put on the endpoint for a while may be taken for configuration by nginx. */
function refuseGlobbed(configuration: Configuration, files: readonly FileChange[], keepDir: string): void {
  const ours = files.flatMap(({ path, before }) => (before === null ? [path] : [keptName(path, 'tag')]));
  ours.push(newKeyName(keepDir, 'key', 'tag'), noteName(keepDir, 'tag'));
  const caught = ours.find((path) => globbed(configuration, [path]));
  if (caught === undefined) return;
  throw new Failure(
    'node.not-installable',
    `nginx includes everything in ${posix.dirname(caught)}, so nothing can be kept there during an install.`,
    { hint: 'Narrow the include directive, for example to *.conf.' },
  );
}

/** Configured names that are symbolic links, or lie below one. */
function linksOf(facts: PlanFacts): Record<string, string> {
  const { pair } = facts.chosen;
  const names = [pair?.certificate.path, pair?.key?.path].filter((path) => typeof path === 'string');
  return Object.fromEntries(
    names.flatMap((name) => (facts.real(name) === name ? [] : [[name, facts.real(name)]])),
  );
}

function commandsOf({ program, running }: PlanFacts): Change[] {
  return [
    {
      kind: 'command',
      argv: testArgv(program),
      why: 'nginx checks its configuration before anything is reloaded.',
    },
    reloadCommand(program, running),
  ];
}
