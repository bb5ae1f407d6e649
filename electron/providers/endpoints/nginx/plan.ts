import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { ConfigurationLineChange } from '#shared/model/changes/configuration-line.ts';
import type { FileChange, FileState } from '#shared/model/changes/file.ts';
import type { Change } from '#shared/model/changes/index.ts';
import { type Ownership, posix as posixOwnership } from '#shared/model/changes/ownership.ts';
import type { Ground, InstallPlan } from '#shared/model/plan.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { applyLines } from '../common/configuration-lines.ts';
import { existingDirectory } from '../common/keys.ts';
import { keptName, manifestName, newKeyName } from '../common/names.ts';
import { ownershipOf, stateOf } from '../common/states.ts';
import { type Program, pidPathOf, type RunningServer, reloadCommand, testArgv } from './commands.ts';
import { ownFilesEdits, type Replacement } from './edits.ts';
import { familyOf, type NginxNode, type OnDisk, slugOf } from './nodes.ts';
import { type Configuration, matchesGlob } from './parse.ts';
import { nginxRemembers } from './remembers.ts';
import type { Server } from './servers.ts';
import {
  addressSharings,
  certificateSharings,
  namesNotShared,
  type Shared,
  serverLabel,
  sharedBy,
} from './sharing.ts';
import { planWarnings } from './warnings.ts';

export interface PlanFacts {
  connection: HostConnection;
  program: Program;
  configuration: Configuration;
  servers: Server[];
  chosen: NginxNode;
  running: RunningServer | null;
  /** Where a configured path leads. */
  real: (path: string) => string;
  read: (path: string) => OnDisk | null;
}

/** Where certificate and key go, and what has to change for that. Paths are real ones. */
interface Destination {
  certificate: string;
  key: string;
  edits: Replacement[];
  newDirectories: { path: string; like: string }[];
  warnings: string[];
  shared: Shared;
  /** Owner and mode for files that do not exist yet. */
  likeCertificate: FileState | null;
  likeKey: FileState | null;
}

export async function makeInstallPlan(facts: PlanFacts): Promise<InstallPlan> {
  const { chosen, connection, program, configuration } = facts;
  const goal = await destination(facts);
  const files = await plannedFiles(facts, goal);
  const keepDir = await existingDirectory(connection, goal.key);
  refuseGlobbed(configuration, files, keepDir);
  const links = linksOf(facts);
  const { path, version, configPath, prefix, pidPath: builtPidPath, errorLogPath } = program;
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
      ...{ program: path, version, configPath, prefix, builtPidPath, errorLogPath },
      pidPath: pidPathOf(configuration, program),
      family: chosen.server.pairs.length > 1 ? familyOf(onDisk(facts)) : null,
    }),
    shares: [...certificateSharings(goal.shared), ...addressSharings(facts.servers, chosen.server)],
    proofs: chosen.places.proofs,
    warnings: [...goal.warnings, ...(await planWarnings(facts, files, links))],
  };
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

function onDisk(facts: PlanFacts): OnDisk | null {
  const path = facts.chosen.pair?.certificate.path ?? null;
  return path === null ? null : facts.read(path);
}

async function destination(facts: PlanFacts): Promise<Destination> {
  const { chosen, connection, configuration, servers } = facts;
  const { pair, server } = chosen;
  const none: Shared = { blocks: [], uses: [] };
  if (pair === null || pair.certificate.path === null || pair.key === null || pair.key.path === null) {
    const own = await ownFiles(facts, posix.dirname(facts.real(configuration.configPath)), none, null, null);
    if (own !== null) return own;
    throw cannotChange(server);
  }
  const shared = sharedBy(configuration, servers, server, pair, facts.real);
  const [certificate, key] = [facts.real(pair.certificate.path), facts.real(pair.key.path)];
  const states = await Promise.all([stateOf(connection, certificate), stateOf(connection, key)]);
  const strangers = namesNotShared(server, shared.blocks);
  if (strangers.length > 0 || shared.uses.length > 0) {
    const own = await ownFiles(facts, posix.dirname(certificate), shared, ...states);
    if (own !== null) return own;
  }
  const warnings = strangers.map(
    (other) =>
      `${serverLabel(other)} serves the same file and will show the new certificate, which does not necessarily cover its names.`,
  );
  return {
    certificate,
    key,
    edits: [],
    newDirectories: [],
    warnings,
    shared,
    likeCertificate: states[0],
    likeKey: states[1],
  };
}

function cannotChange(server: Server): Failure {
  return new Failure(
    'node.not-installable',
    `${serverLabel(server)} has no certificate of its own, and its configuration is included by several server blocks.`,
    { hint: 'Give the server block its own ssl_certificate and ssl_certificate_key.' },
  );
}

/** Files for this node alone, in a directory of ours beside those it shares now. Null when that cannot be done. */
async function ownFiles(
  facts: PlanFacts,
  beside: string,
  shared: Shared,
  likeCertificate: FileState | null,
  likeKey: FileState | null,
): Promise<Destination | null> {
  const { chosen, configuration, connection } = facts;
  const name = slugOf(chosen.node);
  const home = posix.dirname(facts.real(configuration.configPath));
  const choices = [...new Set([beside, home])].map((parent) => ({
    parent,
    directory: posix.join(parent, 'trustkeep'),
  }));
  const choice = choices.find(
    ({ directory }) => !globbed(configuration, [directory, posix.join(directory, `${name}.crt`)]),
  );
  if (choice === undefined) return null;
  const { parent, directory } = choice;
  const certificate = posix.join(directory, `${name}.crt`);
  const key = posix.join(directory, `${name}.key`);
  const edits = ownFilesEdits(chosen.server, chosen.pair, { certificate, key });
  if (edits === null) return null;
  for (const edit of edits) await refuseOtherBytes(facts, edit.file);
  const isNew = (await connection.stat(directory)) === null;
  const why = shared.blocks.map(serverLabel).concat(shared.uses.map((use) => use.who));
  return {
    certificate,
    key,
    edits,
    newDirectories: isNew ? [{ path: directory, like: parent }] : [],
    warnings:
      why.length === 0
        ? []
        : [`The current files are also used by ${why.join(', ')}, so this node gets its own files.`],
    shared: { blocks: [], uses: [] },
    likeCertificate,
    likeKey,
  };
}

/** What nginx printed must be the file to the byte, else offsets would be wrong. */
async function refuseOtherBytes(facts: PlanFacts, file: string): Promise<void> {
  const printed = facts.configuration.files.get(file);
  if (printed !== undefined && (await facts.connection.hash(file)) === sha256Hex(printed)) return;
  throw new Failure(
    'endpoint.configuration-unclear',
    `${file} is not what nginx printed, so it is not edited.`,
    {
      hint: 'It may have changed just now. Try again. A comment that looks like "# configuration file …:" may also cause this.',
      retry: 'later',
    },
  );
}

async function plannedFiles(facts: PlanFacts, goal: Destination): Promise<FileChange[]> {
  const { connection, configuration } = facts;
  const files: FileChange[] = [];
  if (goal.key === goal.certificate) {
    files.push(await plannedFile(connection, goal.key, 'certificate-and-key', goal.likeKey, 0o600));
  } else {
    files.push(await plannedFile(connection, goal.key, 'private-key', goal.likeKey, 0o600));
    files.push(await plannedFile(connection, goal.certificate, 'certificate', goal.likeCertificate, 0o644));
  }
  for (const name of new Set(goal.edits.map((edit) => edit.file))) {
    const file = await plannedFile(connection, facts.real(name), 'configuration', null, 0o644);
    const content = configuration.files.get(name) ?? Buffer.alloc(0);
    const own = goal.edits.filter((edit) => edit.file === name);
    files.push({ ...file, after: { ...file.after, sha256: sha256Hex(applyLines(content, own)) } });
  }
  return files;
}

async function plannedFile(
  connection: HostConnection,
  path: string,
  holds: FileChange['holds'],
  like: FileState | null,
  mode: number,
): Promise<FileChange> {
  const before = await stateOf(connection, path);
  const ownership = (before ?? like)?.ownership ?? (await ownershipAbove(connection, path, mode));
  return { kind: 'file', path, holds, before, after: { sha256: null, ownership } };
}

/** A new file belongs to whom the directory belongs to. */
async function ownershipAbove(connection: HostConnection, path: string, mode: number): Promise<Ownership> {
  const facts = await connection.stat(await existingDirectory(connection, path));
  if (facts === null) return posixOwnership('', '', mode);
  return ownershipOf({ ...facts, mode });
}

function globbed(configuration: Configuration, paths: readonly string[]): boolean {
  return paths.some((path) => configuration.includePatterns.some((pattern) => matchesGlob(pattern, path)));
}

/** Nothing we put on the target for a while may be taken for configuration by nginx. */
function refuseGlobbed(configuration: Configuration, files: readonly FileChange[], keepDir: string): void {
  const ours = files.flatMap(({ path, before }) => (before === null ? [path] : [keptName(path, 'tag')]));
  ours.push(newKeyName(keepDir, 'key', 'tag'), manifestName(keepDir, 'tag'));
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
