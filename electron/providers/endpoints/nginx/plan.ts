import { posix } from 'node:path';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Change } from '#shared/model/changes/index.ts';
import type { Takeover } from '#shared/model/manager.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import { closedKeys } from '../common/closed-keys.ts';
import { refuseLostRights } from '../common/kept-rights.ts';
import { existingDirectory } from '../common/keys.ts';
import { takenFrom, takenFromWriters } from '../common/managers.ts';
import { refuseMounted } from '../common/mounts.ts';
import type { OnDisk } from '../common/on-disk.ts';
import { groundsOf, lineOf, linksAmong, plannedFiles, refuseRead } from '../common/planned-files.ts';
import { blockFor, namedBlockFor } from './choice.ts';
import { coldStart } from './cold-start.ts';
import { pidPathOf, reloadCommand, testArgv } from './commands.ts';
import { destination, globbed } from './destination.ts';
import { familyOfPair, onlyKeysOf } from './key-kinds.ts';
import { surroundings } from './neighbours.ts';
import type { Configuration } from './parse.ts';
import type { PlanFacts } from './plan-facts.ts';
import { factsOf, nginxRemembers } from './remembers.ts';
import { addressSharings, certificateSharings } from './sharing.ts';
import { planWarnings } from './warnings.ts';

export async function makeInstallPlan(facts: PlanFacts): Promise<InstallPlan> {
  const { chosen, connection, program, configuration } = facts;
  const goal = await destination(facts);
  const named = { real: facts.real, content: (name: string) => configuration.files.get(name) };
  const planned = await plannedFiles(connection, goal, named);
  const files = closedKeys(planned, facts, chosen.pair?.key?.path);
  await refuseMounted(connection, files);
  const untold = await refuseLostRights(connection, files);
  const keepDir = await existingDirectory(connection, goal.key);
  refuseRead('nginx', files, keepDir, (path) => globbed(configuration, [path]));
  const { pair } = chosen;
  const links = linksAmong([pair?.certificate.path, pair?.key?.path], facts.real);
  const { warnings, ...around } = surroundings(facts, goal);
  const taken = takeovers(facts, files);
  return {
    nodeKey: chosen.node.key,
    changes: [
      ...goal.newDirectories.map((one) => ({ kind: 'directory' as const, ...one })),
      ...files,
      ...goal.edits.map((edit) => lineOf(named, edit)),
      ...commandsOf(facts),
    ],
    standsOn: groundsOf(configurationHashes(configuration), links),
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
