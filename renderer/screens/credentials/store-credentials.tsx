import { useState } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import type { CredentialRow } from '#shared/contract/credentials.ts';
import { go } from '../../bridge/location.ts';
import { Answer } from '../../parts/answer.tsx';
import { commandLine } from '../../parts/command-line.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { PagedTable } from '../../parts/data-table/paged-table.tsx';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { Empty } from '../../parts/empty.tsx';
import { AddIcon, KeyLargeIcon } from '../../parts/icons.ts';
import { OpenButton } from '../../parts/open-button.tsx';
import { Soft } from '../../parts/soft.tsx';
import { en } from '../../text/en.ts';
import { useCredentialActions } from './credential-actions.tsx';
import { CredentialForm } from './credential-form.tsx';
import { CredentialPanel } from './credential-panel.tsx';
import { holdsText, keyText } from './credential-text.ts';
import { credentialsPerPage, useCredentials } from './use-credentials.ts';

/** The credentials of a local store, a hundred at a time. */
export function StoreCredentials({
  store,
  credentialId,
}: {
  store: CredentialStoreRow;
  credentialId: string | null;
}) {
  const pages = useCredentials(store.id);
  const actions = useCredentialActions(store);
  return (
    <>
      <Answer query={pages.query}>
        {({ items, total }) => (
          <PagedTable
            label={en.credentials.title}
            searchLabel={en.credentials.search}
            search={pages.search}
            onSearch={pages.onSearch}
            rows={items}
            total={total}
            page={pages.page}
            pageSize={credentialsPerPage}
            onPage={pages.toPage}
            columns={columns}
            rowKey={(row) => row.rowId}
            list={{
              name: 'credentials',
              refresh: () => pages.query.refetch(),
              command: (search) =>
                commandLine('credstore credentials list', store.name, { search: search.trim() }),
              actions,
            }}
            everything={pages.everything}
            place={(row) => ['credential-stores', store.id, row.id]}
            empty={
              <Empty
                icon={<KeyLargeIcon />}
                title={en.credentials.none}
                actions={<AddCredentialButton store={store} />}
              >
                {en.credentials.noneHint}
              </Empty>
            }
          />
        )}
      </Answer>
      {credentialId !== null && (
        <CredentialPanel
          key={credentialId}
          store={store}
          id={credentialId}
          onClose={() => go('credential-stores', store.id)}
        />
      )}
    </>
  );
}

export function AddCredentialButton({ store }: { store: CredentialStoreRow }) {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <OpenButton appearance="primary" icon={<AddIcon />} onClick={() => setAdding(true)}>
        {en.credentials.add}
      </OpenButton>
      {adding && <CredentialForm store={store} view={null} onClose={() => setAdding(false)} />}
    </>
  );
}

const columns: Column<CredentialRow>[] = [
  {
    id: 'id',
    header: en.credentials.id,
    width: '27%',
    value: (row) => row.id,
    cell: (row) => <Soft text={row.id} />,
  },
  {
    id: 'username',
    header: en.credentials.username,
    width: '17%',
    value: (row) => row.username ?? en.credentials.noUser,
  },
  { id: 'holds', header: en.credentials.holds, value: holdsText, cell: (row) => <Holds row={row} /> },
  {
    id: 'used',
    header: en.credentials.usedBy,
    width: '120px',
    value: (row) => en.credentialStores.usedBy(row.usedBy.length),
  },
  {
    id: 'changed',
    header: en.credentials.changed,
    width: '130px',
    wideOnly: true,
    time: true,
    value: (row) => row.updatedAt,
  },
];

function Holds({ row }: { row: CredentialRow }) {
  const styles = useCellStyles();
  const key = keyText(row);
  return (
    <>
      {holdsText(row)}
      {key !== null && <span className={styles.second}>{key}</span>}
    </>
  );
}
