import { newId } from '#kit/ids.ts';
import { Failure } from '#shared/failure.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database } from '../../database/database.ts';
import type { Caller } from '../caller.ts';
import type { Ground } from '../domain.ts';
import { aboutNode, findEndpoint } from '../find.ts';
import { keyTypeFor } from '../policies/key-type.ts';
import { isSameHost } from '../steps/also-uses.ts';
import { groupOf } from '../steps/group.ts';
import { configuredNames } from '../steps/plan.ts';
import type { CertifyInput } from '../steps/shapes.ts';

const mostNodes = 100;

/** What the tasks of one certificate for these nodes begin with, in the order of the nodes. Failure `group.unfit`. */
export function inputsForSeveral(
  database: Database,
  nodes: readonly EndpointNode[],
  input: CertifyInput,
): CertifyInput[] {
  refuseUnfit(database, nodes);
  if (input.keyPlace === 'endpoint')
    throw unfit(
      'A key pair that is generated on an endpoint stays there, so its certificate cannot be for several nodes.',
      'Leave out --key_place endpoint, or request a certificate for each node.',
    );
  const places = nodes.map(placeOf);
  const id = newId('grp');
  const names = input.names ?? [...new Set(nodes.flatMap(namesOf))];
  return nodes.map((_node, position) => ({
    ...input,
    names,
    ...sameForAll(database, nodes, input),
    // it goes to several endpoints
    keyPlace: 'agent',
    group: { id, position, size: nodes.length, places },
  }));
}

/** One certificate has one key and one authority: those of the first node, unless another endpoint is set to others. */
function sameForAll(
  database: Database,
  nodes: readonly EndpointNode[],
  { keyType, authorityId }: CertifyInput,
): Pick<CertifyInput, 'keyType' | 'authorityId'> {
  const [first] = nodes;
  if (first === undefined) throw new Error('a group has nodes');
  const policies = nodes.map((node) => findEndpoint(database, node.endpointId).policy);
  const [own] = policies;
  const type = keyType ?? own?.keyType ?? keyTypeFor(first, {}, null);
  const id = authorityId ?? own?.authorityId ?? database.authorities.default()?.id;
  for (const [at, node] of nodes.entries()) {
    const policy = policies[at];
    if (keyType === undefined && (policy?.keyType ?? type) !== type)
      throw unfit(
        `${placeOf(node)} is set to keys of the type ${policy?.keyType}, and ${placeOf(first)} gets one of the type ${type}.`,
        'Choose one for all of them with --key_type.',
      );
    if (authorityId === undefined && (policy?.authorityId ?? id) !== id)
      throw unfit(
        `${placeOf(node)} and ${placeOf(first)} are set to order from different authorities.`,
        'Choose one for all of them with --authority.',
      );
  }
  return { keyType: type, ...(id === undefined ? {} : { authorityId: id }) };
}

/** Begins them all, or none. Gives the task of the first node. In the caller's transaction. */
export function beginSeveral(
  begin: Ground['begin'],
  kind: Task['kind'],
  nodes: readonly EndpointNode[],
  inputs: readonly CertifyInput[],
  caller: Caller,
): Task {
  const { outsideId: _one, ...rest } = caller;
  const tasks = nodes.map((node, at) =>
    begin(kind, aboutNode(node), at === 0 ? caller : rest, { ...inputs[at] }),
  );
  const [first] = tasks;
  if (first === undefined) throw new Error('a group has nodes');
  return first;
}

/**
 * The nodes that have the certificate of a node from the same request, itself among them, the first of then first: they are
 * renewed together.
 */
export function sameCertificate(database: Database, node: EndpointNode): EndpointNode[] {
  const fingerprint = node.certificate?.fingerprint;
  const number = fingerprint === undefined ? null : database.certificates.get(fingerprint)?.orderNumber;
  const order = number === null || number === undefined ? null : database.orders.byNumber(number);
  const row = order === null ? null : database.tasks.get(order.taskId);
  const group = row === null ? undefined : groupOf(row);
  if (group === undefined) return [node];
  const nodes = database.tasks
    .ofGroup(group.id)
    .flatMap(({ task }) => database.nodes.get(task.subject.id) ?? [])
    .filter((one) => one.certificate?.fingerprint === fingerprint && one.missingSince === null)
    .filter((one) => one.notInstallable === null)
    // of nodes that have come to be in one file since, one
    .filter((one, at, all) => !all.slice(0, at).some((before) => isSamePlace(database, one, before)));
  return nodes.some(({ id }) => id === node.id) ? nodes : [node];
}

function refuseUnfit(database: Database, nodes: readonly EndpointNode[]): void {
  if (nodes.length > mostNodes) throw unfit(`A certificate can be for at most ${mostNodes} nodes.`);
  for (const [at, node] of nodes.entries()) {
    const same = nodes.slice(0, at).find((other) => other.id === node.id);
    if (same !== undefined) throw unfit(`${placeOf(node)} is named twice.`);
    const shares = nodes.slice(0, at).find((other) => isSamePlace(database, node, other));
    if (shares !== undefined)
      throw unfit(
        `${placeOf(node)} and ${placeOf(shares)} have their certificates in the same file, ${node.certificatePath}.`,
        'Leave one of them out, and request its certificate on its own.',
      );
  }
}

/** Also where two endpoints have it, as two entries of a key store. */
function isSamePlace(database: Database, one: EndpointNode, other: EndpointNode): boolean {
  if (one.certificatePath === null || one.certificatePath !== other.certificatePath) return false;
  if (one.endpointId === other.endpointId) return true;
  return isSameHost(findEndpoint(database, one.endpointId), findEndpoint(database, other.endpointId));
}

/** Names that a certificate may have, else those it has. */
function namesOf(node: EndpointNode): string[] {
  const configured = configuredNames(node);
  return configured.length > 0 ? configured : (node.certificate?.names ?? []);
}

const placeOf = ({ endpointName, name }: EndpointNode): string => `${endpointName}/${name}`;

function unfit(sentence: string, hint = 'Name each node once.'): Failure {
  return new Failure('group.unfit', sentence, { hint: `${hint} Nothing was requested.`, retry: 'never' });
}
