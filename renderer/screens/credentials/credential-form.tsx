import { useState } from 'react';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import type { CredentialView } from '#shared/contract/credentials.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { changedInput, readForm, startValues } from '../../parts/descriptor-form/values.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';
import { credentialFields, keptFields } from './credential-text.ts';

interface CredentialFormProps {
  store: CredentialStoreRow;
  view: CredentialView | null;
  onClose(): void;
}

/** Adds a credential to a local store, or changes one. What is kept is never shown, only replaced or taken away. */
export function CredentialForm(props: CredentialFormProps) {
  const { view, onClose } = props;
  const form = useCredentialForm(props);
  const kept = view === null ? [] : keptFields(view);
  return (
    <FormDialog
      title={view === null ? en.credentials.add : en.credentials.editTitle(view.id)}
      submit={view === null ? en.credentials.addYes : en.dialog.save}
      busy={form.busy}
      failure={form.failure}
      onSubmit={form.submit}
      onClose={onClose}
    >
      <DescriptorForm
        fields={form.fields}
        values={form.values}
        problems={form.problems}
        onChange={form.setValues}
        kept={(field) => kept.includes(field.name)}
        clearable={['password', 'privatekeypath']}
      />
      <CommandBox line={form.line} />
    </FormDialog>
  );
}

function useCredentialForm({ store, view, onClose }: CredentialFormProps) {
  const { client } = useBridge();
  const fields = credentialFields(view !== null);
  const [before] = useState(() =>
    startValues(fields, view === null ? {} : { username: view.username ?? '' }),
  );
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const add = useCommand(client.credentials.add);
  const update = useCommand(client.credentials.update);
  const submit = async (): Promise<void> => {
    const read = view === null ? readForm(fields, values) : changedInput(fields, before, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    if ('changes' in read && Object.keys(read.changes).length === 0) return onClose();
    const saved =
      'input' in read
        ? await add.run({ ...read.input, storename: store.id } as unknown as Parameters<
            typeof client.credentials.add
          >[0])
        : await update.run({ storename: store.id, id: view?.id ?? '', changes: read.changes });
    if (saved !== undefined) onClose();
  };
  const input =
    view === null
      ? readForm(fields, values).input
      : { id: view.id, ...changedInput(fields, before, values).changes };
  return {
    fields,
    values,
    problems,
    line: commandLine(
      `credstore credentials ${view === null ? 'add' : 'update'}`,
      '',
      { storename: store.name, ...input },
      fields,
    ),
    busy: add.busy || update.busy,
    failure: add.failure ?? update.failure,
    setValues,
    submit: () => void submit(),
  };
}
