import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { AgainIcon, EditIcon, RemoveIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';
import { EditEndpoint } from './edit-endpoint.tsx';

type Action = 'edit' | 'restart' | 'remove';

/** What is done to an endpoint less often, behind a menu. */
export function MoreActions({ endpoint }: { endpoint: Endpoint }) {
  const [open, setOpen] = useState<Action | null>(null);
  const close = (): void => setOpen(null);
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
      <Edit endpoint={endpoint} open={open === 'edit'} onClose={close} />
      <Remove endpoint={endpoint} open={open === 'remove'} onClose={close} />
      <Restart endpoint={endpoint} open={open === 'restart'} onClose={close} />
    </>
  );
}

interface ActionProps {
  endpoint: Endpoint;
  open: boolean;
  onClose(): void;
}

/** The form of its settings, while it is open. */
export function Edit({ endpoint, open, onClose }: ActionProps) {
  const { queries } = useBridge();
  const authorities = useQuery(queries.authorities.list.queryOptions({ input: {} })).data;
  const stores = useQuery(queries.credentialStores.list.queryOptions({ input: {} })).data;
  if (!open || authorities === undefined || stores === undefined) return null;
  return <EditEndpoint endpoint={endpoint} authorities={authorities} stores={stores} onClose={onClose} />;
}

function Remove({ endpoint, open, onClose }: ActionProps) {
  const { client } = useBridge();
  const remove = useCommand(() => client.endpoints.remove({ endpoint: endpoint.id }));
  const removed = async (): Promise<void> => {
    if ((await remove.run(undefined)) !== undefined) go('endpoints');
  };
  return (
    <Confirm
      open={open}
      title={en.endpoints.removeTitle(endpoint.name)}
      yes={en.endpoints.removeYes}
      busy={remove.busy}
      failure={remove.failure}
      onYes={() => void removed()}
      onClose={() => {
        remove.clear();
        onClose();
      }}
    >
      {en.endpoints.removeText}
    </Confirm>
  );
}

/** Asks first, and leads to the task that restarts it. */
export function Restart(props: { endpoint: Pick<Endpoint, 'id' | 'name'>; open: boolean; onClose(): void }) {
  const { endpoint, open, onClose } = props;
  const { client } = useBridge();
  const restart = useCommand(() => client.endpoints.restart({ endpoint: endpoint.id }));
  const restarted = async (): Promise<void> => {
    const answer = await restart.run(undefined);
    if (answer !== undefined) go('tasks', answer.taskId);
  };
  return (
    <Confirm
      open={open}
      title={en.endpoints.restartTitle(endpoint.name)}
      yes={en.endpoints.restartYes}
      busy={restart.busy}
      failure={restart.failure}
      onYes={() => void restarted()}
      onClose={() => {
        restart.clear();
        onClose();
      }}
    >
      {en.endpoints.restartText}
    </Confirm>
  );
}
