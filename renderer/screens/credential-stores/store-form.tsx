import { Field, Radio, RadioGroup } from '@fluentui/react-components';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import {
  type CredentialStore,
  type CredentialStoreKind,
  credentialStoreKinds,
  isKeptHere,
} from '#shared/model/credential-store.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';
import { clearableFields, kindLabel } from './store-text.ts';
import { useStoreForm } from './use-store-form.ts';

/** Adds a credential store, or changes one. */
export function StoreForm({ store, onClose }: { store: CredentialStore | null; onClose(): void }) {
  const form = useStoreForm(store, onClose);
  const { kind, kept } = form;
  return (
    <FormDialog
      title={store === null ? en.credentialStores.add : en.credentialStores.editTitle(store.name)}
      submit={submitText(store, kind, form.busy)}
      busy={form.busy}
      failure={form.failure}
      onSubmit={form.submit}
      onClose={onClose}
    >
      {store === null && <KindChoice kind={kind} onChoose={form.choose} />}
      <DescriptorForm
        key={kind}
        fields={form.fields}
        values={form.values}
        problems={form.problems}
        onChange={form.setValues}
        kept={(field) => kept.includes(field.name)}
        clearable={store === null ? [] : clearableFields(store)}
      />
      <CommandBox line={form.line} />
    </FormDialog>
  );
}

/** A store elsewhere is tried when it is sent, which takes a while; one that is kept here is only saved. */
function submitText(store: CredentialStore | null, kind: CredentialStoreKind, busy: boolean): string {
  if (isKeptHere({ kind })) return store === null ? en.credentials.addYes : en.dialog.save;
  if (busy) return en.credentialStores.adding;
  return store === null ? en.credentialStores.addYes : en.credentialStores.saveYes;
}

interface KindChoiceProps {
  kind: CredentialStoreKind;
  onChoose(kind: CredentialStoreKind): void;
}

function KindChoice({ kind, onChoose }: KindChoiceProps) {
  return (
    <Field label={en.credentialStores.kind} hint={credentialStoreCatalog[kind].help}>
      <RadioGroup
        layout="horizontal"
        style={{ flexWrap: 'wrap' }}
        value={kind}
        onChange={(_, data) => onChoose(data.value as CredentialStoreKind)}
      >
        {credentialStoreKinds.map((one) => (
          <Radio key={one} value={one} label={kindLabel(one)} />
        ))}
      </RadioGroup>
    </Field>
  );
}
