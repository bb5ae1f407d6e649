import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { EditIcon, RemoveIcon } from '../../parts/icons.ts';
import { OpenButton } from '../../parts/open-button.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { en } from '../../text/en.ts';
import { CredentialFacts, RevealBox } from './credential-facts.tsx';
import { CredentialForm } from './credential-form.tsx';

interface CredentialPanelProps {
  store: CredentialStoreRow;
  id: string;
  onClose(): void;
}

/** One credential of a local store. */
export function CredentialPanel({ store, id, onClose }: CredentialPanelProps) {
  const { queries } = useBridge();
  const [asking, setAsking] = useState(false);
  const [editing, setEditing] = useState(false);
  const query = useQuery(queries.credentials.get.queryOptions({ input: { storename: store.id, id } }));
  if (editing && query.data !== undefined)
    return <CredentialForm store={store} view={query.data} onClose={() => setEditing(false)} />;
  return (
    <SidePanel
      title={id}
      onClose={onClose}
      foot={
        query.data !== undefined && (
          <>
            <OpenButton icon={<EditIcon />} onClick={() => setEditing(true)}>
              {en.credentials.edit}
            </OpenButton>
            <OpenButton icon={<RemoveIcon />} onClick={() => setAsking(true)}>
              {en.credentials.remove}
            </OpenButton>
          </>
        )
      }
    >
      <Answer query={query}>
        {(view) => (
          <>
            <CredentialFacts view={view} />
            <RevealBox view={view} />
          </>
        )}
      </Answer>
      <Remove store={store} id={id} open={asking} onRemoved={onClose} onClose={() => setAsking(false)} />
    </SidePanel>
  );
}

function Remove(props: CredentialPanelProps & { open: boolean; onRemoved(): void }) {
  const { store, id, open, onRemoved, onClose } = props;
  const { client } = useBridge();
  const remove = useCommand(() => client.credentials.remove({ storename: store.id, id }));
  const removed = async (): Promise<void> => {
    if ((await remove.run(undefined)) !== undefined) onRemoved();
  };
  return (
    <Confirm
      open={open}
      title={en.credentials.removeTitle(id)}
      yes={en.credentials.remove}
      busy={remove.busy}
      failure={remove.failure}
      onYes={() => void removed()}
      onClose={() => {
        remove.clear();
        onClose();
      }}
    >
      {en.credentials.removeText}
    </Confirm>
  );
}
