import { posix } from 'node:path';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Takeover } from '#shared/model/manager.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { closedKeys } from '../common/closed-keys.ts';
import { refuseLostRights } from '../common/kept-rights.ts';
import { existingDirectory } from '../common/keys.ts';
import { takenFrom, takenFromWriters } from '../common/managers.ts';
import { refuseMounted } from '../common/mounts.ts';
import { groundsOf, lineOf, linksAmong, plannedFiles, refuseRead } from '../common/planned-files.ts';
import { hostFor, namedHostFor } from './choice.ts';
import { coldStart } from './cold-start.ts';
import { reloadCommand, testArgv } from './commands.ts';
import { destination } from './destination.ts';
import { familyOfPair, onlyKeysOf } from './key-kinds.ts';
import { isText } from './levels.ts';
import { surroundings } from './neighbours.ts';
import type { ApacheNode } from './nodes.ts';
import { checkPairs, refuseBroken } from './pairs.ts';
import type { PlanFacts } from './plan-facts.ts';
import { apacheRemembers, factsOf } from './remembers.ts';
import { addressSharings, certificateSharings } from './sharing.ts';
import type { VirtualHost } from './vhosts.ts';
import { planWarnings } from './warnings.ts';

/** `hashes`: SHA-256 of every file of the configuration, by the name that Apache gives it. */
export async function makeInstallPlan(
  facts: PlanFacts,
  hashes: Record<string, string>,
): Promise<InstallPlan> {
  const { chosen, connection, program, configuration, running } = facts;
  const goal = await destination(facts);
  const named = { real: facts.real, content: (name: string) => facts.contents.get(name) };
  const planned = await plannedFiles(connection, goal, named);
  const files = closedKeys(planned, facts, chosen.pair?.key.path);
  await refuseMounted(connection, files);
  const untold = await refuseLostRights(connection, files);
  const keepDir = await existingDirectory(connection, goal.key);
  refuseRead('Apache', files, keepDir, facts.isRead);
  const report = await checkPairs(connection, {
    hosts: withoutChosen(facts),
    tree: configuration.tree,
    pidPath: running === null ? null : configuration.pidPath,
  });
  refuseBroken(connection, report);
  const { pair } = chosen;
  const links = linksAmong([pair?.certificate.path, pair?.key.path], facts.real);
  const { warnings, ...around } = surroundings(facts, goal);
  const taken = takeovers(facts, files);
  const path = pair?.certificate.path ?? null;
  return {
    nodeKey: chosen.node.key,
    changes: [
      ...goal.newDirectories.map((one) => ({ kind: 'directory' as const, ...one })),
      ...files,
      ...goal.edits.map((edit) => lineOf(named, edit)),
      {
        kind: 'command',
        argv: testArgv(program),
        why: 'Apache checks its configuration before anything is reloaded.',
      },
      reloadCommand(program, running),
    ],
    standsOn: groundsOf(hashes, links),
    remembers: apacheRemembers.write({
      keepDir,
      keyName: posix.basename(goal.key),
      previousFingerprint: (path === null ? null : facts.read(path))?.facts.fingerprint ?? null,
      ...factsOf(program),
      pidPath: configuration.pidPath,
      errorLogPath: configuration.errorLogPath,
      family: familyOfPair(facts),
    }),
    shares: [...certificateSharings(goal.shared), ...addressSharings(facts.hosts, chosen.host)],
    proofs: chosen.places.proofs,
    ...around,
    ...(onlyKeysOf(facts) === undefined ? {} : { onlyKeys: onlyKeysOf(facts) }),
    answers: answersOf(facts),
    ...(taken.length > 0 ? { takesOver: taken } : {}),
    coldStart: coldStart(report),
    warnings: [...goal.warnings, ...planWarnings(facts, files, links), ...untold, ...warnings],
  };
}

/** All virtual hosts, without the pair that is replaced. */
const withoutChosen = ({ hosts, chosen }: PlanFacts): VirtualHost[] =>
  hosts.map((host) => ({
    ...host,
    pairs: host.pairs.filter((pair) => host !== chosen.host || pair.certificate !== chosen.pair?.certificate),
  }));

/** For which names of the present certificate Apache picks this host somewhere; a wildcard by a name it stands for. */
function answersOf({ chosen: { host, node }, hosts }: PlanFacts): InstallPlan['answers'] {
  const picked = (name: string, pick: typeof namedHostFor): boolean =>
    host.addresses.some(
      (one) => pick(hosts, one.host, one.port, name.replace(/^\*/, 'trustkeep-check')) === host,
    );
  const names = node.certificate?.names ?? [];
  const named = names.filter((name) => picked(name, namedHostFor));
  return { named, byDefault: names.filter((name) => !named.includes(name) && picked(name, hostFor)) };
}

function takeovers({ managers, contents, real }: PlanFacts, files: readonly FileChange[]): Takeover[] {
  const known = new Map([...contents].map(([name, content]) => [real(name), content]));
  return [...takenFrom(managers, files), ...takenFromWriters(files, (path) => known.get(path))];
}

/** The configuration files in which a plan for this node may change a line. */
export function editable({ host, pair }: ApacheNode): string[] {
  const directives = [
    host.directive,
    pair?.certificate.directive,
    pair?.key.directive,
    host.chain?.directive,
  ];
  return [
    ...new Set(
      directives.flatMap((one) => (one === null || one === undefined || !isText(one) ? [] : [one.file])),
    ),
  ];
}
