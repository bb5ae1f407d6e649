import { firstOf } from '#shared/model/first-of.ts';
import type { EndpointNode, ServedFact } from '#shared/model/node.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import { type Paper, pairs, table } from '../table.ts';
import { dated, when } from '../when.ts';

/** Our order number, or External: it did not come through Trustkeep. */
function sslWord({ certificate, orderNumber }: EndpointNode): string {
  if (orderNumber !== null) return String(orderNumber);
  return certificate === null ? 'none' : 'External';
}

export function nodeTable(nodes: readonly EndpointNode[], paper: Paper): string[] {
  if (nodes.length === 0)
    return ['There are no nodes. Discover the nodes of an endpoint: trustkeep tls discover NAME'];
  return table(
    nodes,
    [
      { head: 'endpoint', value: ({ endpointName }) => endpointName },
      {
        head: 'name',
        value: ({ name, missingSince }) => (missingSince === null ? name : `${name} (missing)`),
      },
      { head: 'alias', value: ({ alias }) => (alias === null ? '-' : firstOf(alias.split(', '))) },
      { head: 'protocol', value: ({ protocol }) => protocol },
      { head: 'ip address', value: ({ bindings }) => oneOf(bindings.map(({ address }) => address)) },
      { head: 'port', value: ({ bindings }) => oneOf(bindings.map(({ port }) => String(port))) },
      { head: 'ssl', value: sslWord },
      { head: 'issuer', value: ({ certificate }) => commonName(certificate?.issuer ?? '-') },
      {
        head: 'expires',
        value: ({ certificate, revoked }) =>
          certificate === null ? '-' : revoked ? 'revoked' : when(certificate.notAfter, paper.now),
      },
      {
        head: 'served',
        value: ({ served, restartRequired }) => (restartRequired ? 'restart required' : served.state),
      },
      { head: 'id', value: ({ id }) => id, whole: true },
    ],
    paper,
  );
}

function oneOf(values: readonly string[]): string {
  const [first, ...more] = [...new Set(values)];
  if (first === undefined) return '-';
  return more.length === 0 ? first : `${first} +${more.length}`;
}

/** `CN=R11,O=Example` → `R11` */
export function commonName(name: string): string {
  return /(?:^|[,\n/+]\s*)CN=((?:\\.|[^,+\n\\])+)/.exec(name)?.[1] ?? name;
}

export function nodePage(
  { node, renewal }: { node: EndpointNode; renewal: Renewal | null },
  { now }: Paper,
): string[] {
  const { certificate } = node;
  return pairs([
    ['Node', `${node.endpointName}/${node.name}`],
    ['ID', node.id],
    ['Alias', node.alias],
    ['Protocol', node.protocol],
    ['Addresses', node.bindings.map(({ address, port }) => `${address} port ${port}`).join(', ') || null],
    ['Answers for', node.serverNames.join(', ') || null],
    ['Place', node.place],
    ['Certificate file', node.certificatePath],
    ['Key file', node.keyPath],
    ['SSL', sslWord(node)],
    ['Names', certificate?.names.join(', ') ?? null],
    ['Issuer', certificate?.issuer ?? null],
    ['Expires', certificate === null ? null : dated(certificate.notAfter, now)],
    ['Fingerprint', certificate?.fingerprint ?? null],
    ['Served', `${node.served.state}: ${node.served.sentence}`],
    ['Restart', node.restartRequired ? `required: trustkeep tls restart ${node.endpointName}` : null],
    ['Managed by', node.managedBy === null ? null : `${node.managedBy.who} (${node.managedBy.evidence})`],
    ['Cannot install', node.notInstallable],
    ['Renewal', renewal === null ? null : `${dated(renewal.nextAt, now)}: ${renewal.sentence}`],
    ['Missing since', node.missingSince === null ? null : dated(node.missingSince, now)],
  ]);
}

export function servedPage({ state, sentence, fingerprint }: ServedFact): string[] {
  return pairs([
    ['Served', state],
    ['', sentence],
    ['Fingerprint', fingerprint],
  ]);
}
