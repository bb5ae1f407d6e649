import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { FileState } from '#shared/model/changes/file.ts';
import { slugOf } from '../common/on-disk.ts';
import type { PairGoal, Replacement } from '../common/planned-files.ts';
import { statesOf } from '../common/states.ts';
import { chainEdit } from './chain.ts';
import { ownFilesEdits } from './edits.ts';
import type { PlanFacts } from './plan-facts.ts';
import { capital, hostLabel, namesNotShared, type Shared, sharedBy } from './sharing.ts';
import type { VirtualHost } from './vhosts.ts';

/** Where certificate and key go, and who else reads what is there. */
export interface Destination extends PairGoal {
  edits: Replacement[];
  newDirectories: { path: string; like: string }[];
  warnings: string[];
  shared: Shared;
}

const nothing: Shared = { hosts: [], uses: [] };

/** The files the node has now, or files of its own when others would be given what is meant for it. Throws when there is no way. */
export async function destination(facts: PlanFacts): Promise<Destination> {
  const goal = await filesFor(facts);
  const chain = chainEdit(facts, goal);
  if (chain === null) return goal;
  return { ...goal, edits: [...goal.edits, chain.edit], warnings: [...goal.warnings, chain.warning] };
}

async function filesFor(facts: PlanFacts): Promise<Destination> {
  const { chosen, connection, configuration, hosts } = facts;
  const { pair, host } = chosen;
  if (pair === null || pair.certificate.path === null || pair.key.path === null) {
    const beside = posix.dirname(facts.real(configuration.main.path));
    const own = await ownFiles(facts, beside, { shared: nothing, likeCertificate: null, likeKey: null });
    if (own !== null) return own;
    throw cannotChange(host);
  }
  const shared = sharedBy(configuration, hosts, host, pair, facts.real);
  const [certificate, key] = [facts.real(pair.certificate.path), facts.real(pair.key.path)];
  const [likeCertificate = null, likeKey = null] = await statesOf(connection, [certificate, key]);
  const strangers = namesNotShared(host, shared.hosts);
  if ((strangers.length > 0 || shared.uses.length > 0) && !saysForOthers(facts)) {
    const now = { shared, likeCertificate, likeKey };
    const own = await ownFiles(facts, posix.dirname(certificate), now);
    if (own !== null) return own;
  }
  return {
    ...{ certificate, key, edits: [], newDirectories: [], shared, likeCertificate, likeKey },
    warnings: strangers.map(
      (other) =>
        `${capital(hostLabel(other))} serves the same file and will show the new certificate, which does not necessarily cover its names.`,
    ),
    states: new Map([
      [certificate, likeCertificate],
      [key, likeKey],
    ]),
  };
}

/** The lines of the server itself count for every virtual host that has none. */
function saysForOthers({ chosen: { host, pair }, hosts }: PlanFacts): boolean {
  return hosts.some(
    (other) =>
      other !== host &&
      host.directive === null &&
      other.pairs.some((one) => one.certificate.directive === pair?.certificate.directive),
  );
}

function cannotChange(host: VirtualHost): Failure {
  return new Failure(
    'node.not-installable',
    `${capital(hostLabel(host))} has no certificate lines of its own, and its text is shared with others or made by a macro.`,
    { hint: 'Give it its own SSLCertificateFile and SSLCertificateKeyFile.' },
  );
}

interface Now {
  shared: Shared;
  likeCertificate: FileState | null;
  likeKey: FileState | null;
}

/** Files for this node alone. Null when that cannot be done. */
async function ownFiles(facts: PlanFacts, beside: string, now: Now): Promise<Destination | null> {
  const { chosen, configuration, connection, certDir, contents } = facts;
  const name = slugOf(chosen.node);
  const home = posix.dirname(facts.real(configuration.main.path));
  const directories =
    certDir === null
      ? [...new Set([beside, home])].map((parent) => posix.join(parent, 'trustkeep'))
      : [certDir];
  const directory = directories.find(
    (one) => !facts.isRead(one) && !facts.isRead(posix.join(one, `${name}.crt`)),
  );
  if (directory === undefined) return null;
  const [certificate, key] = ['crt', 'key'].map((end) => posix.join(directory, `${name}.${end}`)) as [
    string,
    string,
  ];
  const edits = ownFilesEdits(chosen.host, chosen.pair, { certificate, key }, (file) => contents.get(file));
  if (edits === null) return null;
  const isNew = (await connection.stat(directory)) === null;
  const why = [...now.shared.hosts.map(hostLabel), ...now.shared.uses.map(({ who }) => who)];
  return {
    ...{ certificate, key, edits },
    newDirectories: isNew ? [{ path: directory, like: posix.dirname(directory) }] : [],
    warnings:
      why.length === 0
        ? []
        : [`The current files are also used by ${why.join(', ')}, so this node gets its own files.`],
    shared: nothing,
    ...{ likeCertificate: now.likeCertificate, likeKey: now.likeKey },
    states: new Map(),
  };
}
