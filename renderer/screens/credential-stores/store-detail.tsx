import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import { isKeptHere } from '#shared/model/credential-store.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { EditIcon, RemoveIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { Page } from '../../parts/page.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { en } from '../../text/en.ts';
import { LookUp } from '../credentials/look-up.tsx';
import { AddCredentialButton, StoreCredentials } from '../credentials/store-credentials.tsx';
import { UsersTable } from '../credentials/users.tsx';
import { RemoveStore } from './remove-store.tsx';
import { StoreFacts } from './store-facts.tsx';
import { StoreForm } from './store-form.tsx';
import { type StoreTest, TestButton, TestSheet } from './store-test.tsx';
import { isDefaultStore, kindLabel, storeStanding, whereText } from './store-text.ts';

type Sheet = 'credentials' | 'test' | 'look-up' | 'used' | 'settings';

const parent = { name: en.credentialStores.title, place: 'credential-stores' };

export function StoreDetail({ storeId, credentialId }: { storeId: string; credentialId: string | null }) {
  const { queries } = useBridge();
  const query = useQuery(queries.credentialStores.show.queryOptions({ input: { storename: storeId } }));
  if (query.data === undefined)
    return (
      <Page title={en.credentialStores.one} parent={parent}>
        <Answer query={query}>{() => null}</Answer>
      </Page>
    );
  return <Known store={query.data} credentialId={credentialId} />;
}

function firstSheet(store: CredentialStoreRow, credentialId: string | null): Sheet {
  if (isKeptHere(store)) return 'credentials';
  return credentialId === null ? 'test' : 'look-up';
}

function Known({ store, credentialId }: { store: CredentialStoreRow; credentialId: string | null }) {
  const { client } = useBridge();
  const local = isKeptHere(store);
  const [sheet, setSheet] = useState<Sheet>(() => firstSheet(store, credentialId));
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const verify = useCommand(() => client.credentialStores.verify({ storename: store.id }));
  const run = (): void => {
    setSheet('test');
    void verify.run(undefined);
  };
  const test: StoreTest = { run, busy: verify.busy, failure: verify.failure };
  const { shade, text } = storeStanding(store);
  return (
    <Page
      title={store.name}
      badge={
        <Level shade={shade} pill>
          {text}
        </Level>
      }
      subtitle={`${kindLabel(store.kind)} · ${whereText(store.settings)}`}
      parent={parent}
      actions={
        <>
          {local && <AddCredentialButton store={store} />}
          <TestButton test={test} primary={!local} />
          {!isDefaultStore(store) && (
            <>
              <OpenButton icon={<EditIcon />} onClick={() => setOpen('edit')}>
                {en.credentialStores.edit}
              </OpenButton>
              <OpenButton icon={<RemoveIcon />} onClick={() => setOpen('remove')}>
                {en.credentialStores.remove}
              </OpenButton>
            </>
          )}
        </>
      }
    >
      <Tabs<Sheet>
        tabs={[
          ...(local ? [['credentials', en.credentialStores.credentials] as const] : []),
          ['test', en.credentialStores.test],
          ...(local ? [] : [['look-up', en.credentialStores.lookUp] as const]),
          ['used', `${en.credentialStores.used} (${store.usedBy.length})`],
          ['settings', en.credentialStores.settings],
        ]}
        here={sheet}
        onChoose={setSheet}
      />
      {sheet === 'credentials' && <StoreCredentials store={store} credentialId={credentialId} />}
      {sheet === 'test' && <TestSheet store={store} test={test} />}
      {sheet === 'look-up' && <LookUp store={store} credentialId={credentialId} />}
      {sheet === 'used' && <UsersTable users={store.usedBy} />}
      {sheet === 'settings' && <StoreFacts store={store} />}
      {open === 'edit' && <StoreForm store={store} onClose={() => setOpen(null)} />}
      {open === 'remove' && <RemoveStore store={store} onClose={() => setOpen(null)} />}
    </Page>
  );
}
