import { useMemo } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { commandLine } from '../../parts/command-line.ts';
import type { BulkAction } from '../../parts/data-table/bulk.ts';
import { nameOf } from '../../parts/format.ts';
import { RenewIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';
import type { CertificateRow } from './certificate-columns.tsx';

/** What is done to several certificates in one go. Renewed is what was ordered here, at every node that uses it. */
export function useCertificateActions(): readonly BulkAction<CertificateRow>[] {
  const { client } = useBridge();
  return useMemo(
    () => [
      {
        id: 'renew',
        label: en.certificates.renewMany.label,
        icon: <RenewIcon />,
        title: en.certificates.renewMany.title,
        text: en.certificates.renewMany.text,
        can: (row) => row.orderNumber !== null && row.usedBy.length > 0,
        name: (row) => row.names[0] ?? nameOf(row.subject),
        run: async (row, signal) => {
          for (const { nodeId } of row.usedBy) await client.certificates.renew({ node: nodeId }, { signal });
        },
        command: ({ usedBy: [first, ...more] }) => ({
          text: [first, ...more]
            .map((node) => commandLine('certificates renew', node?.name ?? '', {}).text)
            .join('\n'),
          asks: [],
        }),
      },
    ],
    [client],
  );
}
