import { useMemo } from 'react';
import type { Authority } from '#shared/model/authority.ts';
import { useBridge } from '../../bridge/context.tsx';
import { commandLine } from '../../parts/command-line.ts';
import type { BulkAction } from '../../parts/data-table/bulk.ts';
import { RemoveIcon } from '../../parts/icons.ts';
import { en } from '../../text/en.ts';

/** What is done to several authorities in one go. */
export function useAuthorityActions(): readonly BulkAction<Authority>[] {
  const { client } = useBridge();
  return useMemo(
    () => [
      {
        id: 'remove',
        label: en.authorities.removeMany.label,
        icon: <RemoveIcon />,
        title: en.authorities.removeMany.title,
        text: en.authorities.removeMany.text,
        name: (row) => row.name,
        run: (row, signal) => client.authorities.remove({ authority: row.id }, { signal }),
        command: (row) => commandLine('authorities remove', row.name, {}),
      },
    ],
    [client],
  );
}
