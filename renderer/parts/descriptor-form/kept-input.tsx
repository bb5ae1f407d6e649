import { Button, type FieldControlProps, Input, Tooltip } from '@fluentui/react-components';
import type { Field } from '#shared/catalog/field.ts';
import { en } from '../../text/en.ts';
import { CloseIcon, UndoIcon } from '../icons.ts';
import type { FormValue } from './values.ts';

/** For what is kept but never shown: empty keeps it, text replaces it, and it may be taken away. */
export function KeptInput({
  field,
  value,
  clearable,
  onChange,
  ...frame
}: FieldControlProps & {
  field: Field;
  value: FormValue;
  clearable: boolean;
  onChange(value: FormValue): void;
}) {
  const gone = value === null;
  const name = gone ? en.form.keepIt(field.label) : en.form.takeAway(field.label);
  const button = (
    <Tooltip content={name} relationship="label">
      <Button
        appearance="transparent"
        size="small"
        icon={gone ? <UndoIcon /> : <CloseIcon />}
        onClick={() => onChange(gone ? '' : null)}
        data-take-away={field.name}
      />
    </Tooltip>
  );
  return (
    <Input
      {...frame}
      {...(clearable ? { contentAfter: button } : {})}
      type={field.kind === 'secret' ? 'password' : 'text'}
      autoComplete={field.kind === 'secret' ? 'new-password' : 'off'}
      spellCheck={false}
      value={typeof value === 'string' ? value : ''}
      placeholder={gone ? en.form.takenAway : en.form.secretPlaceholder}
      data-field={field.name}
      onChange={(_, data) => onChange(data.value)}
    />
  );
}
