import { useMemo } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import type { CredentialRow } from '#shared/contract/credentials.ts';
import { useBridge } from '../../bridge/context.tsx';
import { commandLine, quote } from '../../parts/command-line.ts';
import type { BulkAction } from '../../parts/data-table/bulk.ts';
import { RemoveIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';

/** What is done to several credentials of a local store in one go. */
export function useCredentialActions(store: CredentialStoreRow): readonly BulkAction<CredentialRow>[] {
  const { client } = useBridge();
  const { id: storename, name } = store;
  return useMemo(
    () => [
      {
        id: 'remove',
        label: en.credentials.remove,
        icon: <RemoveIcon />,
        title: en.credentials.removeManyTitle,
        text: en.credentials.removeManyText,
        name: (row) => row.id,
        run: (row, signal) => client.credentials.remove({ storename, id: row.id }, { signal }),
        command: (row) => commandLine(`credstore credentials remove ${quote(name)}`, row.id, {}),
      },
    ],
    [client, storename, name],
  );
}
