import { Button } from '@fluentui/react-components';
import { firstFew } from '#shared/model/first-of.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { useNow } from '../../bridge/time.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { expiryWords } from '../../parts/expiry.ts';
import { distinct, expiryLevel, nameOf } from '../../parts/format.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Level } from '../../parts/level.tsx';
import { servedShade } from '../../parts/shades.ts';
import { Soft } from '../../parts/soft.tsx';
import { en } from '../../text/en.ts';

/** The columns of the field's own node list, and what is really served. Where no node has an alias, the names get its place. */
export function nodeColumns(
  nodes: readonly EndpointNode[],
  onRequest: (node: EndpointNode) => void,
): Column<EndpointNode>[] {
  const aliases = nodes.some((node) => node.alias !== null) ? [alias] : [];
  return [name, ...aliases, ...places, ...certificates, requests(onRequest)];
}

const name: Column<EndpointNode> = {
  id: 'name',
  header: en.nodes.name,
  value: (row) => row.name,
  text: (row) => [row.name, ...row.serverNames, row.place ?? ''].join(' '),
};

const alias: Column<EndpointNode> = {
  id: 'alias',
  header: en.nodes.alias,
  value: (row) => row.alias,
  cell: (row) => <Lines lines={row.alias?.split(', ') ?? []} most={1} />,
  width: '13%',
};

const places: Column<EndpointNode>[] = [
  {
    id: 'protocol',
    header: en.nodes.protocol,
    value: (row) => en.nodes.protocols[row.protocol],
    choice: (row) => en.nodes.protocols[row.protocol],
    width: '84px',
  },
  {
    id: 'address',
    header: en.nodes.address,
    value: (row) => addresses(row).join(', '),
    cell: (row) => <Lines lines={addresses(row)} />,
    width: '12%',
  },
  {
    id: 'port',
    header: en.nodes.port,
    value: (row) => row.bindings[0]?.port ?? null,
    text: (row) => ports(row).join(' '),
    exported: (row) => ports(row).map(String),
    cell: (row) => <Lines lines={ports(row).map(String)} />,
    width: '76px',
  },
];

const certificates: Column<EndpointNode>[] = [
  {
    id: 'ssl',
    header: en.nodes.ssl,
    value: (row) => row.orderNumber ?? (row.certificate === null ? null : en.nodes.external),
    text: (row) => [row.orderNumber, row.certificate?.issuer, row.certificate?.names].flat().join(' '),
    choice: (row) =>
      row.certificate === null ? '' : row.orderNumber === null ? en.nodes.external : en.certificates.ordered,
    exported: (row) => row.certificate?.fingerprint ?? null,
    cell: (row) => <SslCell node={row} />,
    width: '16%',
  },
  {
    id: 'served',
    header: en.nodes.served,
    value: (row) => (row.restartRequired ? en.nodes.restartRequired : en.served[row.served.state]),
    choice: (row) => (row.missingSince === null ? en.served[row.served.state] : en.nodes.gone),
    cell: (row) => <ServedCell node={row} />,
    width: '11%',
  },
  {
    id: 'expires',
    header: en.certificates.expires,
    width: '130px',
    hidden: true,
    time: true,
    value: (row) => row.certificate?.notAfter ?? null,
  },
  {
    id: 'issuer',
    header: en.certificates.issuer,
    width: '17%',
    hidden: true,
    value: issuer,
    choice: issuer,
  },
  { id: 'place', header: en.nodes.place, width: '20%', hidden: true, value: (row) => row.place },
];

function issuer({ certificate }: EndpointNode): string {
  return certificate === null ? '' : nameOf(certificate.issuer);
}

function requests(onRequest: (node: EndpointNode) => void): Column<EndpointNode> {
  return {
    id: 'actions',
    header: en.nodes.actions,
    plain: true,
    wideOnly: true,
    width: '92px',
    value: () => null,
    cell: (row) =>
      row.notInstallable === null && row.missingSince === null ? (
        <Button size="small" aria-label={en.nodes.requestFor(row.name)} onClick={() => onRequest(row)}>
          {en.nodes.request}
        </Button>
      ) : null,
  };
}

function addresses(node: EndpointNode): string[] {
  return distinct(node.bindings.map((binding) => binding.address));
}

function ports(node: EndpointNode): number[] {
  return distinct(node.bindings.map((binding) => binding.port));
}

/** The first of them; all stand in the panel of the row. */
function Lines({ lines, most = 3 }: { lines: readonly string[]; most?: number }) {
  const styles = useCellStyles();
  if (lines.length === 0) return '–';
  const few = firstFew(lines, most);
  return (
    <>
      {few.map((line) => (
        <div key={line}>
          <Soft text={line} />
        </div>
      ))}
      {few.length < lines.length && (
        <span className={styles.second}>{en.some.more(lines.length - few.length)}</span>
      )}
    </>
  );
}

/** Our order number; `External` with issuer and expiry when the certificate did not come through Trustkeep. */
function SslCell({ node }: { node: EndpointNode }) {
  const styles = useCellStyles();
  const now = useNow();
  const { certificate, orderNumber } = node;
  if (certificate === null) return <span className={styles.second}>{en.nodes.noCertificate}</span>;
  const level = expiryLevel(certificate, now);
  const expiry = expiryWords(certificate.notAfter, now);
  return (
    <>
      <InnerLink place={['certificates', certificate.fingerprint]}>
        {orderNumber === null ? en.nodes.external : String(orderNumber)}
      </InnerLink>
      {orderNumber === null && <span className={styles.second}>{nameOf(certificate.issuer)}</span>}
      {node.revoked && (
        <span className={styles.second}>
          <Level shade="danger">{en.certificates.revoked}</Level>
        </span>
      )}
      <span className={styles.second}>{level === 'ok' ? expiry : <Level shade={level}>{expiry}</Level>}</span>
    </>
  );
}

function ServedCell({ node }: { node: EndpointNode }) {
  if (node.missingSince !== null) return <Level shade="unknown">{en.nodes.gone}</Level>;
  if (node.restartRequired) return <Level shade="attention">{en.nodes.restartRequired}</Level>;
  if (node.certificate === null && node.served.state === 'unknown') return '–';
  return <Level shade={servedShade[node.served.state]}>{en.served[node.served.state]}</Level>;
}
