import { Field, Radio, RadioGroup } from '@fluentui/react-components';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { type Authority, type AuthorityKind, authorityKinds } from '#shared/model/authority.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';
import { useAuthorityForm } from './use-authority-form.ts';

/** Adds an authority, or changes one. */
export function AuthorityForm({ authority, onClose }: { authority: Authority | null; onClose(): void }) {
  const form = useAuthorityForm(authority, onClose);
  return (
    <FormDialog
      title={authority === null ? en.authorities.add : en.authorities.editTitle(authority.name)}
      submit={authority === null ? en.authorities.addYes : en.dialog.save}
      busy={form.busy}
      failure={form.failure}
      onSubmit={form.submit}
      onClose={onClose}
    >
      {authority === null && (
        <Field label={en.authorities.kind} hint={authorityCatalog[form.kind].help}>
          <RadioGroup
            layout="horizontal"
            value={form.kind}
            onChange={(_, data) => form.choose(data.value as AuthorityKind)}
          >
            {authorityKinds.map((one) => (
              <Radio key={one} value={one} label={authorityCatalog[one].label} />
            ))}
          </RadioGroup>
        </Field>
      )}
      <DescriptorForm
        key={form.kind}
        fields={form.fields}
        values={form.values}
        problems={form.problems}
        onChange={form.setValues}
        editing={authority !== null}
      />
      <CommandBox line={form.line} />
    </FormDialog>
  );
}
