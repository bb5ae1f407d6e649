import { type Field, fieldSchema } from '#shared/catalog/field.ts';

/** As typed: numbers and lines stay text until they are read. Null: what is kept is to be taken away. */
export type FormValue = string | boolean | null;
export type FormValues = Readonly<Record<string, FormValue>>;
export type InputValue = string | number | boolean | string[];

/** What stands below a question. */
export function hintOf({ hint, help }: Pick<Field, 'hint' | 'help'>): string {
  return hint ?? help;
}

interface ReadForm {
  input: Record<string, InputValue>;
  /** Field name → what is wrong with it. */
  problems: Record<string, string>;
}

/** What a form starts with: what is known, else the default. Secrets always start empty. */
export function startValues(
  fields: readonly Field[],
  known: Readonly<Record<string, unknown>> = {},
): FormValues {
  return Object.fromEntries(fields.map((field) => [field.name, startValue(field, known[field.name])]));
}

function startValue(field: Field, known: unknown): string | boolean {
  if (field.kind === 'boolean') return typeof known === 'boolean' ? known : field.default === true;
  if (field.kind === 'secret') return '';
  if (Array.isArray(known)) return known.join('\n');
  if (typeof known === 'string' || typeof known === 'number') return String(known);
  return known === undefined && field.default !== undefined ? String(field.default) : '';
}

/** A field is asked for when the field it depends on is asked for and has one of the named values. */
function isAsked(field: Field, fields: readonly Field[], values: FormValues): boolean {
  const { when } = field;
  if (when === undefined) return true;
  const other = fields.find((one) => one.name === when.field);
  if (other !== undefined && !isAsked(other, fields, values)) return false;
  return when.is.includes(String(values[when.field] ?? ''));
}

export function askedFields(fields: readonly Field[], values: FormValues): Field[] {
  return fields.filter((field) => isAsked(field, fields, values));
}

/** Whether what a field names is a file that a person can pick on this machine. */
export function isOwnFile({ ownFile }: Field, values: FormValues): boolean {
  if (ownFile === undefined || ownFile === 'always') return ownFile === 'always';
  return ownFile.is.includes(String(values[ownFile.field] ?? ''));
}

/** Reads the asked fields by the catalog's own rules. What is empty and not required is left out. */
export function readForm(fields: readonly Field[], values: FormValues): ReadForm {
  const read: ReadForm = { input: {}, problems: {} };
  for (const field of askedFields(fields, values)) {
    const value = typedValue(field, values[field.name]);
    if (value === undefined && !field.required) continue;
    const checked = fieldSchema(field).safeParse(value ?? '');
    if (!checked.success) read.problems[field.name] = checked.error.issues[0]?.message ?? field.help;
    else if (value !== undefined) read.input[field.name] = value;
  }
  return read;
}

function typedValue(field: Field, value: FormValue | undefined): InputValue | undefined {
  if (typeof value === 'boolean') return value;
  const text = field.kind === 'secret' ? (value ?? '') : (value ?? '').trim();
  if (text === '') return undefined;
  if (field.kind === 'number') return Number(text);
  if (field.kind === 'lines')
    return text
      .split(/[\n,]/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  return text;
}

/** What a person changed, for an update that keeps the rest: null takes a value away. */
export function changedInput(
  fields: readonly Field[],
  before: FormValues,
  after: FormValues,
): { changes: Record<string, InputValue | null>; problems: Record<string, string> } {
  const { input, problems } = readForm(fields, after);
  const asked = new Set(askedFields(fields, after).map((field) => field.name));
  const changes: Record<string, InputValue | null> = {};
  for (const field of fields) {
    if (!asked.has(field.name) || before[field.name] === after[field.name]) continue;
    changes[field.name] = input[field.name] ?? null;
  }
  return { changes, problems };
}

/** For command lines: what differs from the defaults. */
export function withoutDefaults(
  fields: readonly Field[],
  input: Readonly<Record<string, InputValue>>,
): Record<string, InputValue> {
  const defaults = new Map(fields.map((field) => [field.name, field.default]));
  return Object.fromEntries(Object.entries(input).filter(([name, value]) => defaults.get(name) !== value));
}
