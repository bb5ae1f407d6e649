import type { Found } from '#shared/model/found.ts';
import type { World } from './world.ts';

/** What the agent finds by name: every word somewhere in the names. */
export function foundIn(world: World, text: string, limit: number): Found[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...endpoints(world), ...nodes(world), ...certificates(world)];
  return all
    .filter(({ within }) => words.every((word) => within.toLowerCase().includes(word)))
    .slice(0, limit)
    .map(({ within: _, ...found }) => found);
}

type Named = Found & { within: string };

const no = { managed: false, requestable: false, notAfter: null };

const endpoints = (world: World): Named[] =>
  world.endpoints.map(({ id, name }) => ({
    kind: 'endpoint',
    id,
    name,
    endpointId: id,
    ...no,
    within: name,
  }));

const nodes = (world: World): Named[] =>
  world.nodes.map((node) => ({
    kind: 'node',
    id: node.id,
    name: `${node.endpointName}/${node.name}`,
    endpointId: node.endpointId,
    notAfter: null,
    managed: node.orderNumber !== null,
    requestable: node.notInstallable === null && node.missingSince === null,
    within: [node.endpointName, node.name, ...node.serverNames].join('/'),
  }));

const certificates = (world: World): Named[] =>
  world.certificates.map(({ fingerprint, names, subject, serial, notAfter }) => ({
    kind: 'certificate',
    id: fingerprint,
    name: names[0] ?? subject,
    endpointId: null,
    ...no,
    notAfter,
    within: [...names, subject, serial, fingerprint].join(' '),
  }));
