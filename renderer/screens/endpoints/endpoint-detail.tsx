import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tab,
  TabList,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { AgainIcon, EditIcon, RemoveIcon, SearchIcon, VerifyIcon } from '../../parts/icons.ts';
import { Page } from '../../parts/page.tsx';
import { en } from '../../text/en.ts';
import { EditEndpoint } from './edit-endpoint.tsx';
import { EndpointFacts, ProbeSection } from './endpoint-facts.tsx';
import { EndpointNodes } from './endpoint-nodes.tsx';
import { connectionText } from './endpoint-text.ts';

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

function Known({ endpoint, nodeId }: { endpoint: Endpoint; nodeId: string | null }) {
  const { client } = useBridge();
  const [sheet, setSheet] = useState<Sheet>('nodes');
  const discover = useCommand(() => client.endpoints.discover({ endpoint: endpoint.id }));
  const probe = useCommand(() => client.endpoints.probe({ endpoint: endpoint.id }));
  const lookAgain = async (): Promise<void> => {
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
          <Button icon={<VerifyIcon />} disabled={probe.busy} onClick={() => void lookAgain()}>
            {probe.busy ? en.endpoints.probing : en.endpoints.probe}
          </Button>
          <MoreActions endpoint={endpoint} />
        </>
      }
    >
      <FailureBar failure={discover.failure ?? probe.failure} />
      <TabList selectedValue={sheet} onTabSelect={(_, data) => setSheet(data.value as Sheet)}>
        <Tab value="nodes">{en.endpoints.nodes}</Tab>
        <Tab value="checks">{en.endpoints.checks}</Tab>
        <Tab value="settings">{en.endpoints.settings}</Tab>
      </TabList>
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

function MoreActions({ endpoint }: { endpoint: Endpoint }) {
  const { client, queries } = useBridge();
  const authorities = useQuery(queries.authorities.list.queryOptions({ input: {} }));
  const stores = useQuery(queries.credentialStores.list.queryOptions({ input: {} }));
  const [open, setOpen] = useState<'edit' | 'remove' | 'restart' | null>(null);
  const remove = useCommand(() => client.endpoints.remove({ endpoint: endpoint.id }));
  const restart = useCommand(() => client.endpoints.restart({ endpoint: endpoint.id }));
  const close = (): void => {
    remove.clear();
    restart.clear();
    setOpen(null);
  };
  const removed = async (): Promise<void> => {
    if ((await remove.run(undefined)) !== undefined) go('endpoints');
  };
  const restarted = async (): Promise<void> => {
    const answer = await restart.run(undefined);
    if (answer !== undefined) go('tasks', answer.taskId);
  };
  return (
    <>
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button>{en.endpoints.more}</Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuItem icon={<EditIcon />} onClick={() => setOpen('edit')}>
              {en.endpoints.edit}
            </MenuItem>
            <MenuItem icon={<AgainIcon />} onClick={() => setOpen('restart')}>
              {en.endpoints.restart}
            </MenuItem>
            <MenuItem icon={<RemoveIcon />} onClick={() => setOpen('remove')}>
              {en.endpoints.remove}
            </MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      {open === 'edit' && authorities.data !== undefined && stores.data !== undefined && (
        <EditEndpoint
          endpoint={endpoint}
          authorities={authorities.data}
          stores={stores.data}
          onClose={close}
        />
      )}
      <Confirm
        open={open === 'remove'}
        title={en.endpoints.removeTitle(endpoint.name)}
        yes={en.endpoints.removeYes}
        busy={remove.busy}
        failure={remove.failure}
        onYes={() => void removed()}
        onClose={close}
      >
        {en.endpoints.removeText}
      </Confirm>
      <Confirm
        open={open === 'restart'}
        title={en.endpoints.restartTitle(endpoint.name)}
        yes={en.endpoints.restartYes}
        busy={restart.busy}
        failure={restart.failure}
        onYes={() => void restarted()}
        onClose={close}
      >
        {en.endpoints.restartText}
      </Confirm>
    </>
  );
}
