import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import { isKeptHere } from '#shared/model/credential-store.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { en } from '../../text/en.ts';
import { UserLinks } from '../credentials/users.tsx';

/** Asks first; while somebody uses it the agent refuses, and here stands who. */
export function RemoveStore({ store, onClose }: { store: CredentialStoreRow; onClose(): void }) {
  const { client } = useBridge();
  const remove = useCommand(() => client.credentialStores.remove({ storename: store.id }));
  const removed = async (): Promise<void> => {
    if ((await remove.run(undefined)) !== undefined) go('credential-stores');
  };
  return (
    <Confirm
      open
      title={en.credentialStores.removeTitle(store.name)}
      yes={en.credentialStores.remove}
      busy={remove.busy}
      failure={remove.failure}
      onYes={() => void removed()}
      onClose={onClose}
    >
      {isKeptHere(store)
        ? en.credentialStores.removeLocalText(store.credentials ?? 0)
        : en.credentialStores.removeText}
      {store.usedBy.length > 0 && (
        <p>
          {en.credentialStores.removeUsed(store.usedBy.length)} <UserLinks users={store.usedBy} />
        </p>
      )}
    </Confirm>
  );
}
