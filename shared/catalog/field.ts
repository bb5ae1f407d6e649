import { z } from 'zod';

/** One question of a form, one flag of the command line, one rule of validation. Described once, here. */
export interface Field {
  /** Name in the contract and of the flag: `nginx_config_path` → `--nginx_config_path` (also `--nginx-config-path`). */
  name: string;
  label: string;
  /** One sentence: what it is, limits and default included. */
  help: string;
  /** The same for a form, where `help` speaks to who writes a command: limits and ids that the form itself shows are left out. */
  hint?: string;
  kind: 'text' | 'secret' | 'number' | 'path' | 'choice' | 'boolean' | 'lines';
  required?: boolean;
  /** Length limits for text, value limits for numbers. */
  min?: number;
  max?: number;
  choices?: readonly string[];
  /** Words for them, where the words for all choices do not know them. */
  labels?: Readonly<Record<string, string>>;
  default?: string | number | boolean;
  /** Asked only when another field has one of these values. */
  when?: { field: string; is: readonly string[] };
  /** Behind "Advanced" in forms, listed last in help. */
  advanced?: boolean;
  /**
   * For paths: names a file of the agent's own machine that is read there, always or while another field has one of
   * these values. Forms offer to browse for it.
   */
  ownFile?: 'always' | NonNullable<Field['when']>;
  /** An http or https address. It is shown and logged, so it may hold no user name and no password. */
  address?: true;
  /** For text of one form: what it must be, where its length is wrong. `a day (YYYY-MM-DD)` */
  form?: string;
  /** Names a thing for people and on command lines: see `isName`. */
  names?: true;
  /** Asked only when this other field is given: the password of a file. */
  with?: string;
  /** Needed unless this other field is given: forms and the command line ask for it. */
  unless?: string;
  /** What people read where it is left out; without it the fact is not shown at all. */
  none?: string;
  /** `file`: the flag's value may also be read from a file of this machine (form: a file picker reads its text). */
  from?: 'file';
}

export type FlatValue = string | number | boolean | string[] | undefined;

/** A form or a row of flags: catalog fields by name. Left out and `undefined` are the same. */
export type Flat = Record<string, FlatValue>;

/** The value a field may have. Every message is a whole sentence naming the field. */
export function fieldSchema(field: Field): z.ZodType {
  const name = field.label;
  switch (field.kind) {
    case 'number':
      return z
        .number({ error: `${name} must be a whole number between ${field.min} and ${field.max}.` })
        .int({ error: `${name} must be a whole number between ${field.min} and ${field.max}.` })
        .min(field.min ?? Number.MIN_SAFE_INTEGER, {
          error: `${name} must be between ${field.min} and ${field.max}.`,
        })
        .max(field.max ?? Number.MAX_SAFE_INTEGER, {
          error: `${name} must be between ${field.min} and ${field.max}.`,
        });
    case 'boolean':
      return z.boolean({ error: `${name} must be true or false.` });
    case 'choice':
      return z.enum(field.choices as [string, ...string[]], {
        error: `${name} must be one of: ${(field.choices ?? []).join(', ')}.`,
      });
    case 'lines':
      return z.array(z.string());
    case 'text':
    case 'path':
      return textSchema(field);
    case 'secret':
      return textSchema(field).meta({ secret: true });
  }
}

/**
 * On one line, as it looks, and never taken for an option: no control characters, none that are invisible or turn text
 * around (UAX #9), no space at either end, no hyphen in front.
 */
const isName =
  /^(?![-\s])[^\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]*(?<!\s)$/u;

/** As `fieldSchema`, for a field that is text. */
export function textSchema(field: Field): z.ZodString {
  const text = anyTextSchema(field);
  return field.names === undefined
    ? text
    : text.regex(isName, {
        error: `${field.label} must not start with a hyphen, start or end with a space, or contain control characters or invisible ones.`,
      });
}

function anyTextSchema(field: Field): z.ZodString {
  return z
    .string({ error: `${field.label} must be text.` })
    .min(field.min ?? 1, {
      error: ({ input }) => (input === '' ? emptySentence(field) : lengthSentence(field)),
    })
    .max(field.max ?? 65536, { error: lengthSentence(field) });
}

function emptySentence({ label, required }: Field): string {
  return required ? `${label} is required.` : `${label} must not be empty.`;
}

function lengthSentence(field: Field): string {
  const min = field.min ?? 1;
  if (field.form !== undefined) return `${field.label} must be ${field.form}.`;
  return field.max === undefined
    ? `${field.label} must be at least ${min} character${min === 1 ? '' : 's'} long.`
    : `${field.label} must be between ${min} and ${field.max} characters long.`;
}

/** Input of a whole form: every field optional but the required ones, nothing unknown. */
export function inputShape(fields: readonly Field[]): Record<string, z.ZodType> {
  return Object.fromEntries(
    fields.map((field) => [field.name, field.required ? fieldSchema(field) : fieldSchema(field).optional()]),
  );
}

/** The same schema under the type of what fits it: zod cannot see which names a list of fields holds, whoever wrote it can. */
export function inputAs<T>(schema: z.ZodType): z.ZodType<T, T> {
  return schema as z.ZodType<T, T>;
}
