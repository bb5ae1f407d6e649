import { useState } from 'react';
import { credentialStoreCatalog, usualStore } from '#shared/catalog/credential-stores/index.ts';
import {
  type CredentialStore,
  type CredentialStoreKind,
  storeDefinition,
} from '#shared/model/credential-store.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { commandLine } from '../../parts/command-line.ts';
import {
  changedInput,
  type FormValues,
  readForm,
  startValues,
  withoutDefaults,
} from '../../parts/descriptor-form/values.ts';
import { isDefaultStore, keptFields, storeFields } from './store-text.ts';

/** What is typed into the form of a credential store, a new one (null) or one that is there, and sending it. */
export function useStoreForm(store: CredentialStore | null, onClose: () => void) {
  const { client } = useBridge();
  const { kind, before, values, setValues, choose } = useKind(store);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const kept = store === null ? [] : keptFields(store);
  const fields = storeFields(kind, values, kept).filter(
    ({ name }) => name !== 'storename' || store === null || !isDefaultStore(store),
  );
  const add = useCommand(client.credentialStores.add);
  const update = useCommand(client.credentialStores.update);
  const submit = async (): Promise<void> => {
    const read = store === null ? readForm(fields, values) : changedInput(fields, before, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    if ('changes' in read && Object.keys(read.changes).length === 0) return onClose();
    const saved =
      'input' in read
        ? await add.run({ ...read.input, kind, storename: String(read.input.storename) })
        : await update.run({ kind, storename: store?.id ?? '', ...renamed(read.changes) });
    if (saved === undefined) return;
    onClose();
    go('credential-stores', saved.id);
  };
  return {
    kind,
    fields,
    kept,
    values,
    problems,
    line:
      store === null
        ? commandLine('credstore add', kind, withoutDefaults(fields, readForm(fields, values).input), fields)
        : updateLine(store, changedInput(fields, before, values).changes, fields),
    busy: add.busy || update.busy,
    failure: add.failure ?? update.failure,
    setValues,
    choose: (next: CredentialStoreKind): void => {
      choose(next);
      setProblems({});
      add.clear();
    },
    submit: () => void submit(),
  };
}

/** The kind that is chosen, and the values of its fields: those of the start, and as they are typed now. */
function useKind(store: CredentialStore | null) {
  const [kind, setKind] = useState<CredentialStoreKind>(store?.kind ?? usualStore.id);
  const [before, setBefore] = useState(() => startOf(kind, store));
  const [values, setValues] = useState(before);
  /** What was typed for the kinds looked at before this one: a wrong click must not cost it. */
  const [typed, setTyped] = useState<Partial<Record<CredentialStoreKind, FormValues>>>({});
  const choose = (next: CredentialStoreKind): void => {
    const start = startOf(next, null);
    setKind(next);
    setBefore(start);
    setTyped({ ...typed, [kind]: values });
    setValues({ ...start, ...typed[next], storename: values.storename ?? '' });
  };
  return { kind, before, values, setValues, choose };
}

function startOf(kind: CredentialStoreKind, store: CredentialStore | null) {
  const known =
    store === null ? {} : { storename: store.name, ...storeDefinition(store).toFlat(store.settings) };
  return startValues(credentialStoreCatalog[kind].fields, known);
}

type Changes = ReturnType<typeof changedInput>['changes'];

/** A new name goes beside the changes. */
function renamed({ storename, ...changes }: Changes): { changes: Changes; new_storename?: string } {
  return typeof storename === 'string' ? { new_storename: storename, changes } : { changes };
}

function updateLine(store: CredentialStore, all: Changes, fields: ReturnType<typeof storeFields>) {
  const { changes, new_storename } = renamed(all);
  return commandLine(
    'credstore update',
    store.kind,
    { storename: store.name, new_storename, ...changes },
    fields,
  );
}
