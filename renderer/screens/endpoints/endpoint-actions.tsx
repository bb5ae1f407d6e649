import { useMemo } from 'react';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { useBridge } from '../../bridge/context.tsx';
import { commandLine } from '../../parts/command-line.ts';
import type { BulkAction } from '../../parts/data-table/bulk.ts';
import { LookIcon, RemoveIcon, RenewIcon, SearchIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';

const { many } = en.endpoints;
const named = { name: (row: Endpoint) => row.name };

/** What is done to several endpoints in one go. */
export function useEndpointActions(): readonly BulkAction<Endpoint>[] {
  const { client } = useBridge();
  return useMemo(
    () => [
      {
        ...named,
        id: 'find-nodes',
        label: en.endpoints.discover,
        icon: <SearchIcon />,
        title: many.discoverTitle,
        text: many.discoverText,
        run: (row, signal) => client.endpoints.discover({ endpoint: row.id }, { signal }),
        command: (row) => commandLine('tls discover', row.name, {}),
      },
      {
        ...named,
        id: 'probe',
        label: en.endpoints.probe,
        icon: <LookIcon />,
        title: many.probeTitle,
        text: many.probeText,
        run: (row, signal) => client.endpoints.probe({ endpoint: row.id }, { signal }),
        command: (row) => commandLine('tls probe', row.name, {}),
      },
      {
        ...named,
        id: 'remove',
        label: en.endpoints.remove,
        icon: <RemoveIcon />,
        title: many.removeTitle,
        text: many.removeText,
        run: (row, signal) => client.endpoints.remove({ endpoint: row.id }, { signal }),
        command: (row) => commandLine('tls remove', row.name, {}),
      },
    ],
    [client],
  );
}

/** What is done to several nodes in one go. */
export function useNodeActions(): readonly BulkAction<EndpointNode>[] {
  const { client } = useBridge();
  return useMemo(() => {
    const name = (row: EndpointNode): string => row.name;
    return [
      {
        name,
        id: 'renew',
        label: en.nodes.many.renew,
        icon: <RenewIcon />,
        title: en.nodes.many.renewTitle,
        text: en.nodes.many.renewText,
        can: (row) => row.orderNumber !== null && row.notInstallable === null && row.missingSince === null,
        run: (row, signal) => client.certificates.renew({ node: row.id }, { signal }),
        command: (row) => commandLine('certificates renew', placed(row), {}),
      },
      {
        name,
        id: 'verify',
        label: en.nodes.many.verify,
        icon: <LookIcon />,
        title: en.nodes.many.verifyTitle,
        text: en.nodes.many.verifyText,
        can: (row) => row.missingSince === null,
        run: (row, signal) => client.nodes.verify({ node: row.id }, { signal }),
        command: (row) => commandLine('nodes verify', placed(row), {}),
      },
    ];
  }, [client]);
}

const placed = ({ endpointName, name }: EndpointNode): string => `${endpointName}/${name}`;
