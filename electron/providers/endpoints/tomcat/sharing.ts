import type { PlannedNeighbour, Sharing } from '#shared/model/plan.ts';
import { entryKey } from '../common/key-store.ts';
import type { TomcatNode } from './nodes.ts';
import { configuredAddress } from './places.ts';
import { isStore } from './stores.ts';
import type { View } from './view.ts';

/** `connector *:8443 shop.example (/opt/tomcat/conf/server.xml:85)` */
export function nodeLabel({ connector, host, node, oneOfSeveral, certificate }: TomcatNode): string {
  const name = host.name === '_default_' ? '' : ` ${host.name}`;
  const type = oneOfSeveral ? ` ${certificate.type}` : '';
  return `connector ${configuredAddress(connector)}${name}${type} (${node.place})`;
}

/** Other nodes that use one of the files of this one, whatever they call it. */
export function sharedBy({ nodes, real }: Pick<View, 'nodes' | 'real'>, chosen: TomcatNode): TomcatNode[] {
  const ours = new Set(usedBy(chosen, real));
  return nodes.filter((one) => one !== chosen && usedBy(one, real).some((what) => ours.has(what)));
}

/** Files in PEM by where they are, an entry of a key store by its alias besides: other entries of it are carried over. */
function usedBy({ pem, store }: TomcatNode, real: (path: string) => string): string[] {
  if (pem !== null) return [pem.certificate, pem.key, ...(pem.chain === null ? [] : [pem.chain])].map(real);
  return isStore(store) ? [`${store.on.realPath} ${entryKey(store.alias)}`] : [];
}

/** Nodes for whose names the new certificate is not meant. */
export function strangersOf({ node }: TomcatNode, others: readonly TomcatNode[]): TomcatNode[] {
  return others.filter((other) => !other.node.serverNames.every((name) => node.serverNames.includes(name)));
}

export function certificateSharings(shared: readonly TomcatNode[]): Sharing[] {
  return shared.map((other) => ({
    what: 'certificate',
    who: nodeLabel(other),
    sentence: `${nodeLabel(other)} uses the same certificate or key and will serve the new certificate too.`,
  }));
}

/** Every other node, with what it is to show after the change. */
export function neighboursOf(
  view: Pick<View, 'nodes'>,
  chosen: TomcatNode,
  shared: readonly TomcatNode[],
): PlannedNeighbour[] {
  return view.nodes.flatMap((other): PlannedNeighbour[] => {
    if (other === chosen) return [];
    const kind = keyAlgorithmOf(other);
    return other.places.proofs.map((proof) => ({
      ...proof,
      who: nodeLabel(other),
      ...(kind === null ? {} : { keyAlgorithm: kind }),
      expects: shared.includes(other) ? 'new-certificate' : 'as-before',
      certificatePath: other.node.certificatePath,
    }));
  });
}

/** The kind of key that one of several certificates is asked for by; null: there is one, or its type does not say. */
const keyAlgorithmOf = (node: TomcatNode): 'rsa' | 'ecdsa' | null =>
  node.oneOfSeveral ? familyOfNode(node) : null;

/** The kind of key without which a node could not serve a certificate: by its type, or as one of several; null: any. */
export function familyOfNode({
  certificate: { type },
  oneOfSeveral,
  node,
}: TomcatNode): 'rsa' | 'ecdsa' | null {
  if (type === 'RSA') return 'rsa';
  if (type === 'EC') return 'ecdsa';
  const present = node.certificate?.keyType ?? '';
  if (!oneOfSeveral || present === '') return null;
  return present.startsWith('rsa') ? 'rsa' : 'ecdsa';
}
