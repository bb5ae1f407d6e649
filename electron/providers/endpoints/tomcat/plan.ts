import { posix } from 'node:path';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Takeover } from '#shared/model/manager.ts';
import type { ColdStart, InstallPlan } from '#shared/model/plan.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import { closedKeys } from '../common/closed-keys.ts';
import { refuseLostRights } from '../common/kept-rights.ts';
import { plannedEntry } from '../common/key-store-plan.ts';
import { existingDirectory } from '../common/keys.ts';
import { takenFrom, takenFromWriters } from '../common/managers.ts';
import { refuseMounted } from '../common/mounts.ts';
import { groundsOf, lineOf, linksAmong, plannedFiles } from '../common/planned-files.ts';
import { stateOf } from '../common/states.ts';
import { within } from '../common/surroundings.ts';
import type { Configuration } from './configuration.ts';
import { type Destination, destination } from './destination.ts';
import { hostFor, listenersOf, outOfReach } from './places.ts';
import type { PlanFacts } from './plan-facts.ts';
import { noStore, tomcatRemembers } from './remembers.ts';
import { certificateSharings, familyOfNode, neighboursOf } from './sharing.ts';
import { withSecrets } from './stores.ts';
import type { View } from './view.ts';
import { planWarnings } from './warnings.ts';
import { commandsOf } from './ways.ts';

export async function makeInstallPlan(facts: PlanFacts): Promise<InstallPlan> {
  const { chosen, connection, view, managers } = facts;
  const goal = await destination(connection, view, chosen);
  const named = { real: view.real, content: (name: string) => view.configuration.files.get(name) };
  const entry = await entryOf(facts, goal);
  const files = entry === null ? await pemFiles(facts, goal, named) : [entry.file];
  const untold = entry === null ? await refuseLostRights(connection, files) : entry.warnings;
  const keepDir = await existingDirectory(connection, goal.key);
  const { pem } = chosen;
  const links = linksAmong(
    [pem?.certificate, pem?.key, pem?.chain, ...view.configuration.files.keys()],
    view.real,
  );
  const way = await facts.way(goal.edits.length > 0);
  const { warnings, ...around } = surroundings(facts, goal);
  const taken = takeovers(facts, files);
  return {
    nodeKey: chosen.node.key,
    changes: [
      ...goal.newDirectories.map((one) => ({ kind: 'directory' as const, ...one })),
      ...files,
      ...(entry === null ? [] : [entry.entry]),
      ...goal.edits.map((edit) => lineOf(named, edit)),
      ...commandsOf(way, view.place.running?.pid ?? null),
    ],
    standsOn: [...groundsOf(configurationHashes(view.configuration), links), ...(entry?.standsOn ?? [])],
    remembers: tomcatRemembers.write({ ...rememberedOf(facts, goal, keepDir), ...storeFactsOf(entry) }),
    shares: certificateSharings(goal.shared),
    proofs: chosen.places.proofs,
    ...around,
    ...onlyKeysOf(facts),
    answers: answersOf(facts),
    ...(taken.length > 0 ? { takesOver: taken } : {}),
    coldStart: coldStart(goal.edits.length > 0),
    warnings: [
      ...goal.warnings,
      ...planWarnings(facts, goal, { files, links, way, managers }),
      ...untold,
      ...warnings,
    ],
  };
}

/** The change of a key store entry, with what the store will be afterwards; null: the certificate is in PEM. */
async function entryOf({ connection, now }: PlanFacts, { inStore }: Destination) {
  if (inStore === null) return null;
  const { on, alias, passwords } = inStore;
  return withSecrets(passwords, (all) => plannedEntry(connection, on, all, { alias, options: {}, now }));
}

type Named = Parameters<typeof plannedFiles>[2];

async function pemFiles(facts: PlanFacts, goal: Destination, named: Named): Promise<FileChange[]> {
  const { chosen, view } = facts;
  const planned = await plannedFiles(facts.connection, goal, named);
  const files = await withChain(
    facts,
    goal,
    readsAsRoot(view)
      ? closedKeys(planned, { real: (path) => path, text: view.text }, chosen.pem?.key)
      : planned,
  );
  await refuseMounted(facts.connection, files);
  return files;
}

/** Another user may be one of everyone. */
const readsAsRoot = ({ place }: View): boolean => place.running?.user === 'root';

/** The chain file beside the certificate, if there is one, is written before the certificate that it goes with. */
async function withChain(facts: PlanFacts, { chain, key, certificate }: Destination, files: FileChange[]) {
  if (chain === null || chain === key || chain === certificate) return files;
  const before = await stateOf(facts.connection, chain);
  const own = files.find(({ path }) => path === certificate);
  const ownership = before?.ownership ?? own?.after.ownership;
  if (ownership === undefined) return files;
  const after = { sha256: null, ownership };
  const change: FileChange = { kind: 'file', path: chain, holds: 'certificate', before, after };
  return [...files.slice(0, 1), change, ...files.slice(1)];
}

function rememberedOf({ view, chosen }: PlanFacts, goal: Destination, keepDir: string) {
  const { home, base, version, running } = view.place;
  return {
    keepDir,
    keyName: posix.basename(goal.key),
    previousFingerprint: chosen.node.certificate?.fingerprint ?? null,
    ...{ home, base, version },
    unit: running?.unit ?? null,
    user: running?.user ?? '',
    chainPath: goal.chain,
    family: familyOfNode(chosen),
  };
}

function storeFactsOf(entry: Awaited<ReturnType<typeof entryOf>>) {
  if (entry === null) return noStore;
  const { alias, format, protectedNow, protectedAfter, entriesNow, entriesAfter } = entry.facts;
  return { alias, format, protectedNow, protectedAfter, entriesNow, entriesAfter };
}

function surroundings({ connection, view, chosen }: PlanFacts, { shared }: Destination) {
  const { connectors } = view.configuration;
  const listeners = listenersOf(connectors, connection.dialAddress);
  const apart = outOfReach(connectors, connection.dialAddress);
  const neighbours = neighboursOf(view, chosen, shared);
  return within({ neighbours, listeners, apart }, chosen.places.proofs);
}

export function configurationHashes({ files }: Configuration): Record<string, string> {
  return Object.fromEntries([...files].map(([path, content]) => [path, sha256Hex(content)]));
}

function takeovers({ managers, view }: PlanFacts, files: readonly FileChange[]): Takeover[] {
  const contents = new Map([...view.configuration.files].map(([name, bytes]) => [view.real(name), bytes]));
  return [...takenFrom(managers, files), ...takenFromWriters(files, (path) => contents.get(path))];
}

function onlyKeysOf({ chosen }: PlanFacts): Pick<InstallPlan, 'onlyKeys'> {
  const family = familyOfNode(chosen);
  if (family === null) return {};
  const why = chosen.oneOfSeveral
    ? `the host has several certificates, and this node is its ${family.toUpperCase()} one`
    : `its Certificate has the type ${chosen.certificate.type}`;
  return { onlyKeys: { family, why } };
}

/** For which names of the present certificate this host is picked; a wildcard by a name it stands for. */
function answersOf({ chosen: { node, connector, host } }: PlanFacts): InstallPlan['answers'] {
  const names = node.certificate?.names ?? [];
  const asked = (name: string) => name.replace(/^\*/, 'trustkeep-check');
  const named = names.filter(
    (name) => host.name !== connector.defaultHost && hostFor(connector, asked(name)) === host,
  );
  const byDefault = names.filter((name) => !named.includes(name) && hostFor(connector, asked(name)) === host);
  return { named, byDefault };
}

/** No test of a Tomcat reads certificates without beginning to start it. */
function coldStart(edited: boolean): ColdStart {
  const shown = edited
    ? 'Tomcat is started from nothing, and every connector that served TLS before must complete a handshake again'
    : 'every connector that served TLS before must complete a handshake again';
  return {
    proved: false,
    sentence: `Not proved: Tomcat has no test of its configuration. Before the install, Trustkeep checks that the new key matches the certificate, and carries over who can read each file. After the install, ${shown}. If one does not, everything is restored.`,
  };
}
