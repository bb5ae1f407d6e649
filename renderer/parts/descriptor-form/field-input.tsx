import { Field as FieldFrame, Input, Select, Switch, Textarea } from '@fluentui/react-components';
import { useId } from 'react';
import type { Field } from '#shared/catalog/field.ts';
import { en } from '../../text/en.ts';
import { FileInput } from './file-input.tsx';

export interface FieldInputProps {
  field: Field;
  value: string | boolean;
  problem: string | undefined;
  editing: boolean;
  choices: readonly string[] | undefined;
  onChange(value: string | boolean): void;
}

export function FieldInput(props: FieldInputProps) {
  const { field, problem, editing } = props;
  if (field.kind === 'boolean') return <Toggle {...props} />;
  const kept = field.kind === 'secret' && editing ? ` ${en.form.secretKept}` : '';
  return (
    <FieldFrame
      label={field.label}
      required={field.required === true}
      hint={field.help + kept}
      {...(problem === undefined ? {} : { validationMessage: problem, validationState: 'error' as const })}
    >
      <Control {...props} />
    </FieldFrame>
  );
}

function Toggle({ field, value, onChange }: FieldInputProps) {
  return (
    <FieldFrame hint={field.help}>
      <Switch
        label={field.label}
        checked={value === true}
        onChange={(_, data) => onChange(data.checked)}
        data-field={field.name}
      />
    </FieldFrame>
  );
}

function Control({ field, value, choices, onChange, ...given }: FieldInputProps) {
  const text = String(value);
  const listId = useId();
  // FieldFrame gives its child id and aria attributes; they arrive among the rest.
  const { problem: _problem, editing, ...frame } = given;
  const common = { ...frame, value: text, 'data-field': field.name };
  if (field.from === 'file')
    return <FileInput {...frame} name={field.name} value={text} onChange={onChange} />;
  switch (field.kind) {
    case 'choice':
      return (
        <Select {...common} onChange={(_, data) => onChange(data.value)}>
          {field.default === undefined && <option value="">{en.form.notChosen}</option>}
          {(field.choices ?? []).map((choice) => (
            <option key={choice} value={choice} disabled={choices !== undefined && !choices.includes(choice)}>
              {choiceText(choice, choices)}
            </option>
          ))}
        </Select>
      );
    case 'lines':
      return <Textarea {...common} rows={3} resize="vertical" onChange={(_, data) => onChange(data.value)} />;
    case 'secret':
      return (
        <Input
          {...common}
          type="password"
          autoComplete="new-password"
          placeholder={editing ? en.form.secretPlaceholder : ''}
          onChange={(_, data) => onChange(data.value)}
        />
      );
    case 'number':
      return (
        <Input {...common} type="text" inputMode="numeric" onChange={(_, data) => onChange(data.value)} />
      );
    default:
      return (
        <>
          <Input
            {...common}
            {...(choices === undefined ? {} : { list: listId })}
            spellCheck={false}
            autoComplete="off"
            onChange={(_, data) => onChange(data.value)}
          />
          {choices !== undefined && (
            <datalist id={listId}>
              {choices.map((choice) => (
                <option key={choice} value={choice} />
              ))}
            </datalist>
          )}
        </>
      );
  }
}

function choiceText(choice: string, choices: readonly string[] | undefined): string {
  const words = (en.choices as Record<string, string>)[choice] ?? choice;
  return choices === undefined || choices.includes(choice) ? words : en.form.notHere(words);
}
