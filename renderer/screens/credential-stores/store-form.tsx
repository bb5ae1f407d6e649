import { Field, Radio, RadioGroup } from '@fluentui/react-components';
import { useState } from 'react';
import { credentialStoreCatalog, usualStore } from '#shared/catalog/credential-stores/index.ts';
import {
  type CredentialStore,
  type CredentialStoreKind,
  credentialStoreKinds,
  isKeptHere,
  storeDefinition,
} from '#shared/model/credential-store.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import {
  changedInput,
  type FormValues,
  readForm,
  startValues,
  withoutDefaults,
} from '../../parts/descriptor-form/values.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';
import { clearableFields, isDefaultStore, keptFields, kindLabel, storeFields } from './store-text.ts';

/** Adds a credential store, or changes one. */
export function StoreForm({ store, onClose }: { store: CredentialStore | null; onClose(): void }) {
  const { client } = useBridge();
  const [kind, setKind] = useState<CredentialStoreKind>(store?.kind ?? usualStore.id);
  const [before, setBefore] = useState(() => startOf(kind, store));
  const [values, setValues] = useState(before);
  /** What was typed for the kinds looked at before this one: a wrong click must not cost it. */
  const [typed, setTyped] = useState<Partial<Record<CredentialStoreKind, FormValues>>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const kept = store === null ? [] : keptFields(store);
  const fields = storeFields(kind, values, kept).filter(
    ({ name }) => name !== 'storename' || store === null || !isDefaultStore(store),
  );
  const add = useCommand(client.credentialStores.add);
  const update = useCommand(client.credentialStores.update);
  const local = isKeptHere({ kind });

  const choose = (next: CredentialStoreKind): void => {
    const start = startOf(next, null);
    setKind(next);
    setBefore(start);
    setTyped({ ...typed, [kind]: values });
    setValues({ ...start, ...typed[next], storename: values.storename ?? '' });
    setProblems({});
    add.clear();
  };
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
  const line =
    store === null
      ? commandLine('credstore add', kind, withoutDefaults(fields, readForm(fields, values).input), fields)
      : updateLine(store, changedInput(fields, before, values).changes, fields);
  const busy = add.busy || update.busy;
  const [yes, doing] = local
    ? [store === null ? en.credentials.addYes : en.dialog.save, en.credentialStores.adding]
    : [store === null ? en.credentialStores.addYes : en.credentialStores.saveYes, en.credentialStores.adding];
  return (
    <FormDialog
      title={store === null ? en.credentialStores.add : en.credentialStores.editTitle(store.name)}
      submit={busy && !local ? doing : yes}
      busy={busy}
      failure={add.failure ?? update.failure}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {store === null && (
        <Field label={en.credentialStores.kind} hint={credentialStoreCatalog[kind].help}>
          <RadioGroup
            layout="horizontal"
            style={{ flexWrap: 'wrap' }}
            value={kind}
            onChange={(_, data) => choose(data.value as CredentialStoreKind)}
          >
            {credentialStoreKinds.map((one) => (
              <Radio key={one} value={one} label={kindLabel(one)} />
            ))}
          </RadioGroup>
        </Field>
      )}
      <DescriptorForm
        key={kind}
        fields={fields}
        values={values}
        problems={problems}
        onChange={setValues}
        kept={(field) => kept.includes(field.name)}
        clearable={store === null ? [] : clearableFields(store)}
      />
      <CommandBox line={line} />
    </FormDialog>
  );
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
