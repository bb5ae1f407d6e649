import {
  type FieldControlProps,
  Field as FieldFrame,
  Input,
  Select,
  Switch,
  Textarea,
} from '@fluentui/react-components';
import { type ReactElement, useId } from 'react';
import type { Field } from '#shared/catalog/field.ts';
import { en } from '../../text/en.ts';
import { Browse } from '../browse.tsx';
import { FileInput } from './file-input.tsx';
import { KeptInput } from './kept-input.tsx';
import { type FormValue, hintOf } from './values.ts';

/** What a question drawn in another way gets: its text, and id and names for screen readers in `frame`. */
export interface ControlGiven {
  field: Field;
  text: string;
  frame: FieldControlProps;
  onChange(value: string): void;
}
export type DrawControl = (given: ControlGiven) => ReactElement;

interface FieldInputProps {
  field: Field;
  value: FormValue;
  problem: string | undefined;
  kept: boolean;
  clearable: boolean;
  /** It names a file that can be picked. */
  browsed: boolean;
  choices: readonly string[] | undefined;
  control: DrawControl | undefined;
  onChange(value: FormValue): void;
}

export function FieldInput(props: FieldInputProps) {
  const { field, problem, kept, control, value, onChange } = props;
  if (field.kind === 'boolean') return <Toggle {...props} />;
  const text = typeof value === 'string' ? value : '';
  const hint = kept ? `${hintOf(field)} ${en.form.secretKept}` : hintOf(field);
  return (
    <FieldFrame
      label={field.label}
      required={field.required === true}
      {...(hint === '' ? {} : { hint })}
      {...(problem === undefined ? {} : { validationMessage: problem, validationState: 'error' as const })}
    >
      {(frame) =>
        control === undefined ? (
          <Browsed {...props}>
            <Control {...props} frame={frame} text={text} />
          </Browsed>
        ) : (
          control({ field, text, frame, onChange })
        )
      }
    </FieldFrame>
  );
}

function Browsed({ field, browsed, onChange, children }: FieldInputProps & { children: ReactElement }) {
  if (!browsed) return children;
  return (
    <Browse label={field.label} name={field.name} onPick={onChange}>
      {children}
    </Browse>
  );
}

function Toggle({ field, value, onChange }: FieldInputProps) {
  return (
    <FieldFrame hint={hintOf(field)}>
      <Switch
        label={field.label}
        checked={value === true}
        onChange={(_, data) => onChange(data.checked)}
        data-field={field.name}
      />
    </FieldFrame>
  );
}

/** What is left to a default is not "none". */
function emptyChoice(field: Field): string {
  return hintOf(field).includes('Default:') ? en.form.byDefault : en.form.notChosen;
}

type ControlProps = FieldInputProps & { frame: FieldControlProps; text: string };

function Control(props: ControlProps) {
  const { field, text, value, frame, kept, clearable, onChange } = props;
  if (field.from === 'file')
    return <FileInput {...frame} name={field.name} value={text} onChange={onChange} />;
  if (kept)
    return (
      <KeptInput
        {...frame}
        field={field}
        value={value}
        onChange={onChange}
        clearable={clearable && field.required !== true}
      />
    );
  return <Typed {...props} />;
}

/** Any other question, by the kind of its answer. */
function Typed(props: ControlProps) {
  const { field, onChange } = props;
  const common = commonOf(props);
  const changed = (_: unknown, data: { value: string }): void => onChange(data.value);
  switch (field.kind) {
    case 'choice':
      return <ChoiceInput {...props} />;
    case 'lines':
      return <Textarea {...common} rows={3} resize="vertical" onChange={changed} />;
    case 'secret':
      return <Input {...common} type="password" autoComplete="new-password" onChange={changed} />;
    case 'number':
      return <Input {...common} type="text" inputMode="numeric" onChange={changed} />;
    default:
      return <TextInput {...props} />;
  }
}

function commonOf({ frame, text, field }: ControlProps) {
  return { ...frame, value: text, 'data-field': field.name };
}

function ChoiceInput(props: ControlProps) {
  const { field, choices, onChange } = props;
  return (
    <Select {...commonOf(props)} onChange={(_, data) => onChange(data.value)}>
      {field.default === undefined && <option value="">{emptyChoice(field)}</option>}
      {(field.choices ?? []).map((choice) => (
        <option key={choice} value={choice} disabled={choices !== undefined && !choices.includes(choice)}>
          {choiceText(field, choice, choices)}
        </option>
      ))}
    </Select>
  );
}

/** One line of text; what is known to be there already is offered while typing. */
function TextInput(props: ControlProps) {
  const { choices, onChange } = props;
  const listId = useId();
  return (
    <>
      <Input
        {...commonOf(props)}
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

function choiceText({ labels }: Field, choice: string, choices: readonly string[] | undefined): string {
  const words = labels?.[choice] ?? (en.choices as Record<string, string>)[choice] ?? choice;
  return choices === undefined || choices.includes(choice) ? words : en.form.notHere(words);
}
