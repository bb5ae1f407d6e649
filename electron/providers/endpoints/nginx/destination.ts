import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { FileState } from '#shared/model/changes/file.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import { matchesGlob } from '../common/globs.ts';
import { slugOf } from '../common/on-disk.ts';
import type { PairGoal } from '../common/planned-files.ts';
import { statesOf } from '../common/states.ts';
import { ownFilesEdits } from './edits.ts';
import type { Configuration } from './parse.ts';
import type { PlanFacts } from './plan-facts.ts';
import type { Server } from './servers.ts';
import { namesNotShared, type Shared, serverLabel, sharedBy } from './sharing.ts';

/** Where certificate and key go, and who else reads what is there. */
export interface Destination extends PairGoal {
  newDirectories: { path: string; like: string }[];
  warnings: string[];
  shared: Shared;
}

/** The files the node has now, or files of its own when others would be given what is meant for it. Throws when there is no way. */
export async function destination(facts: PlanFacts): Promise<Destination> {
  const { chosen, connection, configuration, servers } = facts;
  const { pair, server } = chosen;
  const none: Shared = { blocks: [], uses: [], own: [] };
  if (pair === null || pair.certificate.path === null || pair.key === null || pair.key.path === null) {
    const own = await ownFiles(facts, posix.dirname(facts.real(configuration.configPath)), none, null, null);
    if (own !== null) return own;
    throw cannotChange(server);
  }
  const shared = sharedBy(configuration, servers, server, pair, facts.real);
  const [certificate, key] = [facts.real(pair.certificate.path), facts.real(pair.key.path)];
  const [likeCertificate = null, likeKey = null] = await statesOf(connection, [certificate, key]);
  const strangers = namesNotShared(server, shared.blocks);
  if (strangers.length > 0 || shared.uses.length > 0) {
    const own = await ownFiles(facts, posix.dirname(certificate), shared, likeCertificate, likeKey);
    if (own !== null) return own;
  }
  const warnings = [
    ...strangers.map(
      (other) =>
        `${serverLabel(other)} serves the same file and will show the new certificate, which does not necessarily cover its names.`,
    ),
    ...shared.own.map(({ who, path }) => `${who} reads ${path} too, and will get the new certificate.`),
  ];
  return {
    certificate,
    key,
    edits: [],
    newDirectories: [],
    warnings,
    shared,
    likeCertificate,
    likeKey,
    states: new Map([
      [certificate, likeCertificate],
      [key, likeKey],
    ]),
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
  const edits = ownFilesEdits(chosen.server, chosen.pair, { certificate, key }, (file) =>
    configuration.files.get(file),
  );
  if (edits === null) return null;
  for (const edit of edits) await refuseOtherBytes(facts, edit.file);
  const isNew = (await connection.stat(directory)) === null;
  const why = shared.blocks.map(serverLabel).concat(shared.uses.map((use) => use.who));
  return {
    certificate,
    key,
    edits,
    newDirectories: isNew ? [{ path: directory, like: parent }] : [],
    warnings: [
      ...(why.length === 0
        ? []
        : [`The current files are also used by ${why.join(', ')}, so this node gets its own files.`]),
      ...shared.own.map(({ who, path }) => `${who} still reads ${path}, which does not change.`),
    ],
    shared: { blocks: [], uses: [], own: [] },
    likeCertificate,
    likeKey,
    states: new Map(),
  };
}

/** What nginx printed must be the file to the byte, else offsets would be wrong. */
async function refuseOtherBytes(facts: PlanFacts, file: string): Promise<void> {
  const printed = facts.configuration.files.get(file);
  if (printed !== undefined && (await facts.connection.hash(file)) === sha256Hex(printed)) return;
  throw new Failure(
    'endpoint.configuration-unclear',
    `${file} is not what nginx printed, so it is not edited.`,
    { hint: 'It may have changed just now. Try again.' },
  );
}

/** Whether nginx includes one of these paths by a pattern, whoever put it there. */
export function globbed(configuration: Configuration, paths: readonly string[]): boolean {
  return paths.some((path) => configuration.includePatterns.some((pattern) => matchesGlob(pattern, path)));
}
