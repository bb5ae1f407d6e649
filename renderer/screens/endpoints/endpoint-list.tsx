import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { AddIcon, EndpointsLargeIcon } from '../../parts/icons.ts';
import { OpenButton } from '../../parts/open-button.tsx';
import { Page } from '../../parts/page.tsx';
import { en } from '../../text/en.ts';
import { AddEndpoint } from './add-endpoint.tsx';
import { useEndpointActions } from './endpoint-actions.tsx';
import { endpointColumns } from './endpoint-columns.tsx';

export function EndpointList() {
  const { queries } = useBridge();
  const [adding, setAdding] = useState(false);
  const query = useQuery(queries.endpoints.list.queryOptions({ input: {} }));
  const nodes = useQuery(queries.nodes.list.queryOptions({ input: {} }));
  const columns = useMemo(() => endpointColumns(nodes.data ?? []), [nodes.data]);
  const actions = useEndpointActions();
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
            list={{
              name: 'endpoints',
              refresh: () => Promise.all([query.refetch(), nodes.refetch()]),
              command: () => commandLine('tls list', '', {}),
              actions,
            }}
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
