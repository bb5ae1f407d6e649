import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useNow } from '../../bridge/time.ts';
import { Answer } from '../../parts/answer.tsx';
import type { Column } from '../../parts/data-table/columns.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { Empty } from '../../parts/empty.tsx';
import { AddIcon, EndpointsLargeIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { Page } from '../../parts/page.tsx';
import { Soft } from '../../parts/soft.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { AddEndpoint } from './add-endpoint.tsx';
import { connectionParts, connectionText, worstServed } from './endpoint-text.ts';

export function EndpointList() {
  const { queries } = useBridge();
  const [adding, setAdding] = useState(false);
  const now = useNow();
  const query = useQuery(queries.endpoints.list.queryOptions({ input: {} }));
  const nodes = useQuery(queries.nodes.list.queryOptions({ input: {} }));
  const columns = useMemo(() => endpointColumns(nodes.data, now), [nodes.data, now]);
  const add = (
    <OpenButton appearance="primary" icon={<AddIcon />} onClick={() => setAdding(true)}>
      {en.endpoints.add}
    </OpenButton>
  );
  return (
    <Page title={en.endpoints.title} subtitle={en.endpoints.subtitle} actions={add}>
      <Answer query={query}>
        {(rows) => (
          <DataTable
            label={en.endpoints.title}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            place={(row) => ['endpoints', row.id]}
            order={{ column: 'name' }}
            empty={
              <Empty icon={<EndpointsLargeIcon />} title={en.endpoints.none} actions={add}>
                {en.endpoints.noneHint}
              </Empty>
            }
          />
        )}
      </Answer>
      {adding && <AddEndpoint onClose={() => setAdding(false)} />}
    </Page>
  );
}

function endpointColumns(nodes: readonly EndpointNode[] | undefined, now: number): Column<Endpoint>[] {
  const of = (endpoint: Endpoint): EndpointNode[] =>
    (nodes ?? []).filter((node) => node.endpointId === endpoint.id && node.missingSince === null);
  return [
    { id: 'name', header: en.endpoints.name, value: (row) => row.name },
    { id: 'type', header: en.endpoints.type, value: (row) => endpointCatalog[row.type].label, width: '90px' },
    {
      id: 'connection',
      header: en.endpoints.connection,
      width: '22%',
      value: connectionText,
      cell: (row) => <Connection endpoint={row} />,
    },
    {
      id: 'reached',
      header: en.endpoints.reached,
      width: '126px',
      value: (row) => (row.probe === null ? 1 : row.probe.ok ? 2 : 0),
      text: (row) => reachedText(row),
      cell: (row) => (
        <Level shade={row.probe === null ? 'unknown' : row.probe.ok ? 'ok' : 'danger'}>
          {reachedText(row)}
        </Level>
      ),
    },
    { id: 'nodes', header: en.endpoints.nodes, width: '76px', value: (row) => of(row).length },
    {
      id: 'served',
      header: en.endpoints.served,
      width: '172px',
      value: (row) => worstServed(of(row), now)?.level ?? '',
      cell: (row) => {
        const worst = worstServed(of(row), now);
        if (worst === null) return '–';
        return <Level shade={worst.level}>{en.endpoints.worst[worst.level](worst.count)}</Level>;
      },
    },
    {
      id: 'discovered',
      header: en.endpoints.discovered,
      width: '130px',
      wideOnly: true,
      value: (row) => row.discoveredAt,
      cell: (row) => (row.discoveredAt === null ? en.time.never : <Time at={row.discoveredAt} />),
    },
  ];
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
