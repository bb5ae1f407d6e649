import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { commandLine } from '../../parts/command-line.ts';
import type { Column } from '../../parts/data-table/columns.ts';
import { DataTable } from '../../parts/data-table/data-table.tsx';
import { useCellStyles } from '../../parts/data-table/table-styles.ts';
import { Empty } from '../../parts/empty.tsx';
import { AddIcon, StoresLargeIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { Page } from '../../parts/page.tsx';
import { Soft } from '../../parts/soft.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { useStoreActions } from './store-actions.tsx';
import { StoreForm } from './store-form.tsx';
import { isDefaultStore, kindLabel, storeStanding, whereText } from './store-text.ts';

export function StoreList() {
  const { queries } = useBridge();
  const [adding, setAdding] = useState(false);
  const query = useQuery(queries.credentialStores.list.queryOptions({ input: {} }));
  const actions = useStoreActions();
  const add = (
    <OpenButton appearance="primary" icon={<AddIcon />} onClick={() => setAdding(true)}>
      {en.credentialStores.add}
    </OpenButton>
  );
  return (
    <Page title={en.credentialStores.title} subtitle={en.credentialStores.subtitle} actions={add}>
      <Answer query={query}>
        {(rows) => (
          <DataTable
            label={en.credentialStores.title}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            place={(row) => ['credential-stores', row.id]}
            order={{ column: 'name' }}
            list={{
              name: 'credential-stores',
              refresh: () => query.refetch(),
              command: () => commandLine('credstore list', '', {}),
              actions,
            }}
            empty={
              <Empty icon={<StoresLargeIcon />} title={en.credentialStores.none} actions={add}>
                {en.credentialStores.noneHint}
              </Empty>
            }
          />
        )}
      </Answer>
      {adding && <StoreForm store={null} onClose={() => setAdding(false)} />}
    </Page>
  );
}

const columns: Column<CredentialStoreRow>[] = [
  {
    id: 'name',
    header: en.credentialStores.name,
    width: '22%',
    value: (row) => row.name,
    cell: (row) => <Name store={row} />,
  },
  {
    id: 'where',
    header: en.credentialStores.kind,
    value: (row) => kindLabel(row.kind),
    text: (row) => `${kindLabel(row.kind)} ${whereText(row.settings)}`,
    choice: (row) => kindLabel(row.kind),
    cell: (row) => <Kind store={row} />,
  },
  {
    id: 'state',
    header: en.credentialStores.state,
    width: '168px',
    value: (row) => storeStanding(row).text,
    choice: (row) => storeStanding(row).text,
    cell: (row) => <State store={row} />,
  },
  {
    id: 'credentials',
    header: en.credentialStores.credentials,
    width: '104px',
    value: (row) => row.credentials,
    cell: (row) => (row.credentials === null ? '–' : row.credentials.toLocaleString('en-GB')),
  },
  {
    id: 'used',
    header: en.credentialStores.used,
    width: '116px',
    value: (row) => row.usedBy.length,
    cell: (row) => en.credentialStores.usedBy(row.usedBy.length),
  },
];

function Name({ store }: { store: CredentialStoreRow }) {
  const styles = useCellStyles();
  return (
    <>
      <Soft text={store.name} />
      {isDefaultStore(store) && <span className={styles.second}>{en.credentialStores.isDefault}</span>}
    </>
  );
}

function Kind({ store }: { store: CredentialStoreRow }) {
  const styles = useCellStyles();
  return (
    <>
      {kindLabel(store.kind)}
      <span className={styles.second}>
        <Soft text={whereText(store.settings)} />
      </span>
    </>
  );
}

function State({ store }: { store: CredentialStoreRow }) {
  const styles = useCellStyles();
  const { shade, text } = storeStanding(store);
  return (
    <>
      <Level shade={shade}>{text}</Level>
      {store.report !== null && (
        <span className={styles.second}>
          <Time at={store.report.at} />
        </span>
      )}
    </>
  );
}
