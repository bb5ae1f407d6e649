import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { now } from '../../bridge/clock.ts';
import { useNow } from '../../bridge/time.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { Level } from '../../parts/level.tsx';
import { Soft } from '../../parts/soft.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { connectionParts, connectionText, worstServed } from './endpoint-text.ts';

const yesNo = (on: boolean): string => (on ? en.endpoints.on : en.endpoints.off);

/** The columns of the endpoints that have these nodes. */
export function endpointColumns(nodes: readonly EndpointNode[]): Column<Endpoint>[] {
  const byEndpoint = Map.groupBy(
    nodes.filter((node) => node.missingSince === null),
    (node) => node.endpointId,
  );
  const of = (endpoint: Endpoint): readonly EndpointNode[] => byEndpoint.get(endpoint.id) ?? [];
  return [...what, ...served(of), ...besides];
}

const what: Column<Endpoint>[] = [
  { id: 'name', header: en.endpoints.name, value: (row) => row.name },
  {
    id: 'type',
    header: en.endpoints.type,
    value: (row) => endpointCatalog[row.type].label,
    choice: (row) => endpointCatalog[row.type].label,
    width: '80px',
  },
  {
    id: 'connection',
    header: en.endpoints.connection,
    width: '18%',
    value: connectionText,
    choice: (row) => connectionParts(row)[0],
    exported: connectionText,
    cell: (row) => <Connection endpoint={row} />,
  },
  {
    id: 'reached',
    header: en.endpoints.reached,
    width: '116px',
    value: (row) => (row.probe === null ? 1 : row.probe.ok ? 2 : 0),
    text: reachedText,
    choice: reachedText,
    cell: (row) => (
      <Level shade={row.probe === null ? 'unknown' : row.probe.ok ? 'ok' : 'danger'}>
        {reachedText(row)}
      </Level>
    ),
  },
];

function served(of: (endpoint: Endpoint) => readonly EndpointNode[]): Column<Endpoint>[] {
  return [
    { id: 'nodes', header: en.endpoints.nodes, width: '70px', value: (row) => of(row).length },
    {
      id: 'served',
      header: en.endpoints.served,
      width: '160px',
      value: (row) => worstServed(of(row), now())?.level ?? '',
      choice: (row) => {
        const worst = worstServed(of(row), now());
        return worst === null ? '' : en.levels[worst.level];
      },
      cell: (row) => <Served nodes={of(row)} />,
    },
  ];
}

const besides: Column<Endpoint>[] = [
  {
    id: 'discovered',
    header: en.endpoints.discovered,
    width: '116px',
    wideOnly: true,
    time: true,
    value: (row) => row.discoveredAt,
    cell: (row) => (row.discoveredAt === null ? en.time.never : <Time at={row.discoveredAt} />),
  },
  {
    id: 'renews',
    header: en.endpoints.autoRenew,
    width: '110px',
    hidden: true,
    value: (row) => yesNo(row.policy.autoRenew),
    choice: (row) => yesNo(row.policy.autoRenew),
  },
  {
    id: 'approves',
    header: en.endpoints.autoApprove,
    width: '120px',
    hidden: true,
    value: (row) => yesNo(row.policy.autoApprove),
    choice: (row) => yesNo(row.policy.autoApprove),
  },
  {
    id: 'added',
    header: en.endpoints.addedAt,
    width: '130px',
    hidden: true,
    time: true,
    value: (row) => row.createdAt,
  },
  { id: 'id', header: en.endpoints.instanceId, width: '180px', hidden: true, value: (row) => row.id },
];

function Served({ nodes }: { nodes: readonly EndpointNode[] }) {
  const worst = worstServed(nodes, useNow());
  if (worst === null) return '–';
  const restarts = nodes.filter((node) => node.restartRequired && node.missingSince === null).length;
  if (worst.level === 'attention' && restarts > 0)
    return <Level shade="attention">{en.endpoints.restartRequired(restarts)}</Level>;
  return <Level shade={worst.level}>{en.endpoints.worst[worst.level](worst.count)}</Level>;
}

function Connection({ endpoint }: { endpoint: Endpoint }) {
  const styles = useCellStyles();
  const [kind, place] = connectionParts(endpoint);
  return (
    <>
      {kind}
      {place !== null && (
        <span className={styles.second}>
          <Soft text={place} />
        </span>
      )}
    </>
  );
}

function reachedText(endpoint: Endpoint): string {
  if (endpoint.probe === null) return en.endpoints.notProbed;
  return endpoint.probe.ok ? en.endpoints.reachable : en.endpoints.notReachable;
}
