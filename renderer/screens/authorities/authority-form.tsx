import { Field, Radio, RadioGroup } from '@fluentui/react-components';
import { useState } from 'react';
import { authorityCatalog, usualAuthority } from '#shared/catalog/authorities/index.ts';
import { type Authority, type AuthorityKind, authorityKinds } from '#shared/model/authority.ts';
import { useBridge } from '../../bridge/context.tsx';
import { go } from '../../bridge/location.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { changedInput, readForm, startValues, withoutDefaults } from '../../parts/descriptor-form/values.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';
import { authorityValues } from './authority-text.ts';

/** Adds an authority, or changes one. */
export function AuthorityForm({ authority, onClose }: { authority: Authority | null; onClose(): void }) {
  const { client } = useBridge();
  const [kind, setKind] = useState<AuthorityKind>(authority?.kind ?? usualAuthority.id);
  const { fields, help } = authorityCatalog[kind];
  const [before, setBefore] = useState(() =>
    startValues(fields, authority === null ? {} : authorityValues(authority)),
  );
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const add = useCommand(client.authorities.add);
  const update = useCommand(client.authorities.update);

  const choose = (next: AuthorityKind): void => {
    const start = startValues(authorityCatalog[next].fields);
    setKind(next);
    setBefore(start);
    setValues({ ...start, name: values.name ?? '' });
    setProblems({});
  };
  const submit = async (): Promise<void> => {
    const read = authority === null ? readForm(fields, values) : changedInput(fields, before, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    const saved =
      'input' in read
        ? await add.run({ ...read.input, kind, name: String(read.input.name) })
        : await update.run({ authority: authority?.id ?? '', changes: read.changes });
    if (saved === undefined) return;
    onClose();
    go('authorities', saved.id);
  };
  const line =
    authority === null
      ? commandLine('authorities add', kind, withoutDefaults(fields, readForm(fields, values).input), fields)
      : commandLine(
          'authorities update',
          authority.name,
          changedInput(fields, before, values).changes,
          fields,
        );
  return (
    <FormDialog
      title={authority === null ? en.authorities.add : en.authorities.editTitle(authority.name)}
      submit={authority === null ? en.authorities.addYes : en.dialog.save}
      busy={add.busy || update.busy}
      failure={add.failure ?? update.failure}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {authority === null && (
        <Field label={en.authorities.kind} hint={help}>
          <RadioGroup
            layout="horizontal"
            value={kind}
            onChange={(_, data) => choose(data.value as AuthorityKind)}
          >
            {authorityKinds.map((one) => (
              <Radio key={one} value={one} label={authorityCatalog[one].label} />
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
        editing={authority !== null}
      />
      <CommandBox line={line} />
    </FormDialog>
  );
}
