import { useState } from 'react';
import type { Field } from '#shared/catalog/field.ts';
import type { Authority, ImportedAccount } from '#shared/model/authority.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { readForm, startValues } from '../../parts/descriptor-form/values.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';

const words = en.authorityAccount;

const fields: readonly Field[] = [
  {
    name: 'path',
    label: words.path,
    help: words.pathHelp,
    kind: 'path',
    ownFile: 'always',
    required: true,
    max: 4096,
  },
];

/** Asks where the account of another client is, and has it imported. */
export function ImportAccount(props: {
  authority: Authority;
  onDone(imported: ImportedAccount): void;
  onClose(): void;
}) {
  const { authority, onDone, onClose } = props;
  const { client } = useBridge();
  const [values, setValues] = useState(() => startValues(fields));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const send = useCommand(client.authorities.accountImport);
  const submit = async (): Promise<void> => {
    const read = readForm(fields, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    const imported = await send.run({ authority: authority.id, path: String(read.input.path) });
    if (imported !== undefined) onDone(imported);
  };
  return (
    <FormDialog
      title={words.importTitle(authority.name)}
      submit={words.importYes}
      busy={send.busy}
      failure={send.failure}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <span>{words.importText}</span>
      <DescriptorForm
        fields={fields}
        values={values}
        problems={problems}
        onChange={setValues}
        editing={false}
      />
      <CommandBox
        line={commandLine(
          'authorities account import',
          authority.name,
          readForm(fields, values).input,
          fields,
        )}
      />
    </FormDialog>
  );
}
