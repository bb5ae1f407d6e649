import {
  Button,
  Combobox,
  Input,
  makeStyles,
  Option,
  Select,
  Spinner,
  tokens,
} from '@fluentui/react-components';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import { isKeptHere } from '#shared/model/credential-store.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import type { ControlGiven, DrawControl } from '../../parts/descriptor-form/field-input.tsx';
import { RadioControl } from '../../parts/descriptor-form/radio-control.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { VerifyIcon } from '../../parts/icons.ts';
import { Notice } from '../../parts/notice.tsx';
import { en } from '../../text/en.ts';
import { kindLabel } from '../credential-stores/store-text.ts';
import { foundText } from '../credentials/credential-text.ts';
import { loginChoice } from './login-fields.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  row: { display: 'flex', gap: tokens.spacingHorizontalS, '& > :first-child': { flexGrow: 1, minWidth: 0 } },
  button: { flexShrink: 0, whiteSpace: 'nowrap' },
});

/** The questions about the login that are no plain fields. */
export function loginControls(
  stores: readonly CredentialStoreRow[],
  store: CredentialStoreRow | null,
): Readonly<Record<string, DrawControl>> {
  return {
    [loginChoice]: (given) => <RadioControl {...given} labels={en.endpoints.auths} />,
    store: storeControl(stores),
    store_cred_id: credentialControl(store),
  };
}

/** The choice of a credential store. */
export function storeControl(stores: readonly CredentialStoreRow[]): DrawControl {
  return (given) => <StoreChoice {...given} stores={stores} />;
}

/** The choice of a credential of a store; null: none is chosen. */
export function credentialControl(store: CredentialStoreRow | null): DrawControl {
  return (given) => <CredentialChoice key={store?.id ?? ''} {...given} store={store} />;
}

function StoreChoice({
  field,
  text,
  frame,
  stores,
  onChange,
}: ControlGiven & { stores: readonly CredentialStoreRow[] }) {
  return (
    <Select {...frame} value={text} data-field={field.name} onChange={(_, data) => onChange(data.value)}>
      <option value="">{en.form.notChosen}</option>
      {stores.map((one) => (
        <option key={one.id} value={one.name}>{`${one.name} (${kindLabel(one.kind)})`}</option>
      ))}
    </Select>
  );
}

/** The id of the credential, and a look whether it is there. */
function CredentialChoice(given: ControlGiven & { store: CredentialStoreRow | null }) {
  const styles = useStyles();
  const { client } = useBridge();
  const { field, store, text, frame } = given;
  const [found, setFound] = useState<{ id: string; sentence: string } | null>(null);
  const get = useCommand(client.credentials.get);
  const id = text.trim();
  const answer = useRef<HTMLDivElement>(null);
  // the answer comes below what was pressed, which may be the last that is in view
  useEffect(() => {
    if (found !== null || get.failure !== null) answer.current?.scrollIntoView({ block: 'nearest' });
  }, [found, get.failure]);
  const check = async (): Promise<void> => {
    setFound(null);
    const view = store === null ? undefined : await get.run({ storename: store.id, id });
    if (view !== undefined) setFound({ id, sentence: foundText(view) });
  };
  const typed = (value: string): void => {
    get.clear();
    given.onChange(value);
  };
  return (
    <div className={styles.stack}>
      <div className={styles.row}>
        {store !== null && isKeptHere(store) ? (
          <LocalCredentials {...given} store={store} onChange={typed} />
        ) : (
          <Input
            {...frame}
            value={text}
            spellCheck={false}
            autoComplete="off"
            data-field={field.name}
            onChange={(_, data) => typed(data.value)}
          />
        )}
        <Button
          className={styles.button}
          icon={get.busy ? <Spinner size="tiny" /> : <VerifyIcon />}
          disabled={store === null || id === '' || get.busy}
          onClick={() => void check()}
        >
          {get.busy ? en.credentials.checking : en.credentials.check}
        </Button>
      </div>
      <div ref={answer}>
        <FailureBar failure={get.failure} />
        {found?.id === id && <Notice intent="success">{found.sentence}</Notice>}
      </div>
    </div>
  );
}

/** How many are offered; who wants another types more of its id. */
const offered = 30;

function LocalCredentials({
  field,
  store,
  text,
  frame,
  onChange,
}: ControlGiven & { store: CredentialStoreRow }) {
  const { queries } = useBridge();
  const search = text.trim();
  const query = useQuery({
    ...queries.credentials.list.queryOptions({
      input: { storename: store.id, limit: offered, ...(search === '' ? {} : { search }) },
      gcTime: 30_000,
    }),
    placeholderData: keepPreviousData<Credentials>,
  });
  return (
    <Combobox
      {...frame}
      freeform
      value={text}
      selectedOptions={[text]}
      spellCheck={false}
      autoComplete="off"
      data-field={field.name}
      onInput={(event) => onChange(event.currentTarget.value)}
      onOptionSelect={(_, data) => onChange(data.optionValue ?? '')}
    >
      {(query.data?.items ?? []).map((one) => (
        <Option key={one.rowId} value={one.id} text={one.id}>
          {one.username === null ? one.id : `${one.id} (${one.username})`}
        </Option>
      ))}
    </Combobox>
  );
}

type Credentials = Awaited<ReturnType<ReturnType<typeof useBridge>['client']['credentials']['list']>>;
