import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { EndpointView } from '#shared/contract/endpoints.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { SearchIcon, VerifyIcon } from '../../parts/icons.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { en } from '../../text/en.ts';
import { EndpointFacts, ProbeSection } from './endpoint-facts.tsx';
import { EndpointNodes } from './endpoint-nodes.tsx';
import { connectionText } from './endpoint-text.ts';
import { EndpointTrouble } from './endpoint-trouble.tsx';
import { MoreActions } from './more-actions.tsx';

type Sheet = 'nodes' | 'checks' | 'settings';

export function EndpointDetail({ endpointId, nodeId }: { endpointId: string; nodeId: string | null }) {
  const { queries } = useBridge();
  const query = useQuery(queries.endpoints.show.queryOptions({ input: { endpoint: endpointId } }));
  if (query.data === undefined)
    return (
      <Page title={en.endpoints.one} parent={{ name: en.endpoints.title, place: 'endpoints' }}>
        <Answer query={query}>{() => null}</Answer>
      </Page>
    );
  return <Known endpoint={query.data} nodeId={nodeId} />;
}

function Known({ endpoint, nodeId }: { endpoint: EndpointView; nodeId: string | null }) {
  const { client } = useBridge();
  const [sheet, setSheet] = useState<Sheet>('nodes');
  const discover = useCommand(() => client.endpoints.discover({ endpoint: endpoint.id }));
  const probe = useCommand(() => client.endpoints.probe({ endpoint: endpoint.id }));
  const probeAgain = async (): Promise<void> => {
    setSheet('checks');
    await probe.run(undefined);
  };
  return (
    <Page
      title={endpoint.name}
      subtitle={`${endpointCatalog[endpoint.type].label} · ${connectionText(endpoint)}`}
      parent={{ name: en.endpoints.title, place: 'endpoints' }}
      actions={
        <>
          <Button
            appearance="primary"
            icon={<SearchIcon />}
            disabled={discover.busy}
            onClick={() => void discover.run(undefined)}
          >
            {en.endpoints.discover}
          </Button>
          <Button icon={<VerifyIcon />} disabled={probe.busy} onClick={() => void probeAgain()}>
            {probe.busy ? en.endpoints.probing : en.endpoints.probe}
          </Button>
          <MoreActions endpoint={endpoint} />
        </>
      }
    >
      <FailureBar failure={discover.failure ?? probe.failure} />
      <EndpointTrouble endpoint={endpoint} />
      {endpoint.toCleanUp !== null && (
        <Notice intent="warning" title={en.endpoints.toCleanUp}>
          {endpoint.toCleanUp}
        </Notice>
      )}
      <Tabs<Sheet>
        tabs={[
          ['nodes', en.endpoints.nodes],
          ['checks', en.endpoints.checks],
          ['settings', en.endpoints.settings],
        ]}
        here={sheet}
        onChoose={setSheet}
      />
      {sheet === 'nodes' && (
        <EndpointNodes
          endpoint={endpoint}
          nodeId={nodeId}
          discovering={discover.busy}
          onDiscover={() => void discover.run(undefined)}
        />
      )}
      {sheet === 'checks' && <ProbeSection endpoint={endpoint} />}
      {sheet === 'settings' && <EndpointFacts endpoint={endpoint} />}
    </Page>
  );
}
