import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { factsOfTask } from '#shared/model/task.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { Answer } from '../../parts/answer.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { EndpointsLargeIcon } from '../../parts/icons.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Notice } from '../../parts/notice.tsx';
import { en } from '../../text/en.ts';
import { useNodeActions } from './endpoint-actions.tsx';
import { nodeColumns } from './node-columns.tsx';
import { NodePanel } from './node-panel.tsx';
import { RequestCertificate } from './request-certificate.tsx';

export function EndpointNodes(props: {
  endpoint: Endpoint;
  nodeId: string | null;
  discovering: boolean;
  onDiscover(): void;
}) {
  const { endpoint, nodeId } = props;
  const { queries } = useBridge();
  const [requesting, setRequesting] = useState<EndpointNode | null>(null);
  const query = useQuery(queries.nodes.list.queryOptions({ input: { endpoint: endpoint.id } }));
  const actions = useNodeActions();
  const columns = useMemo(() => nodeColumns(query.data ?? [], setRequesting), [query.data]);
  return (
    <>
      <LiveDiscovery endpoint={endpoint} />
      <Answer query={query}>
        {(rows) => (
          <DataTable
            label={en.endpoints.nodes}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            place={(row) => ['endpoints', endpoint.id, row.id]}
            order={{ column: 'name' }}
            list={{
              name: 'nodes',
              refresh: () => query.refetch(),
              command: () => commandLine('nodes list', endpoint.name, {}),
              actions,
            }}
            empty={
              <Empty
                icon={<EndpointsLargeIcon />}
                title={endpoint.discoveredAt === null ? en.nodes.notDiscovered : en.nodes.none}
                actions={
                  <Button appearance="primary" disabled={props.discovering} onClick={props.onDiscover}>
                    {en.endpoints.discover}
                  </Button>
                }
              >
                {endpoint.discoveredAt === null ? en.nodes.notDiscoveredHint : en.nodes.noneHint}
              </Empty>
            }
          />
        )}
      </Answer>
      {nodeId !== null && (
        <NodePanel
          key={nodeId}
          nodeId={nodeId}
          onRequest={setRequesting}
          onClose={() => go('endpoints', endpoint.id)}
        />
      )}
      {requesting !== null && (
        <RequestCertificate node={requesting} endpoint={endpoint} onClose={() => setRequesting(null)} />
      )}
    </>
  );
}

/** Says that nodes are being looked for, or why the last look failed. */
function LiveDiscovery({ endpoint }: { endpoint: Endpoint }) {
  const { queries } = useBridge();
  const tasks = useQuery(
    queries.tasks.list.queryOptions({ input: { states: ['queued', 'running', 'waiting'] } }),
  );
  const live = tasks.data?.find((task) => factsOfTask(task).findsNodes && task.subject.id === endpoint.id);
  if (live === undefined) return null;
  return (
    <Notice intent="info">
      {en.nodes.discovering} <InnerLink place={['tasks', live.id]}>{en.nodes.watch}</InnerLink>
    </Notice>
  );
}
