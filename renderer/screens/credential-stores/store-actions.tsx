import { useMemo } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import { useBridge } from '../../bridge/context.tsx';
import { commandLine } from '../../parts/command-line.ts';
import type { BulkAction } from '../../parts/data-table/bulk.ts';
import { RemoveIcon, VerifyIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';
import { isDefaultStore } from './store-text.ts';

const named = { name: (row: CredentialStoreRow) => row.name };

/** What is done to several stores in one go. What a verification found is in the list afterwards. */
export function useStoreActions(): readonly BulkAction<CredentialStoreRow>[] {
  const { client } = useBridge();
  return useMemo(
    () => [
      {
        ...named,
        id: 'verify',
        label: en.credentialStores.many.verify,
        icon: <VerifyIcon />,
        title: en.credentialStores.many.verifyTitle,
        text: en.credentialStores.many.verifyText,
        run: (row, signal) => client.credentialStores.verify({ storename: row.id }, { signal }),
        command: (row) => commandLine('credstore verify', row.name, {}),
      },
      {
        ...named,
        id: 'remove',
        label: en.credentialStores.many.remove,
        icon: <RemoveIcon />,
        title: en.credentialStores.many.removeTitle,
        text: en.credentialStores.many.removeText,
        can: (row) => !isDefaultStore(row),
        run: (row, signal) => client.credentialStores.remove({ storename: row.id }, { signal }),
        command: (row) => commandLine('credstore remove', row.name, {}),
      },
    ],
    [client],
  );
}
