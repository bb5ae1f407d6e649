import { z } from 'zod';

/** One question of a form, one flag of the command line, one rule of validation. Described once, here. */
export interface Field {
  /** Name in the contract and of the flag: `nginx_config_path` → `--nginx_config_path` (also `--nginx-config-path`). */
  name: string;
  label: string;
  /** One sentence: what it is, limits and default included. */
  help: string;
  kind: 'text' | 'secret' | 'number' | 'path' | 'choice' | 'boolean' | 'lines';
  required?: boolean;
  /** Length limits for text, value limits for numbers. */
  min?: number;
  max?: number;
  choices?: readonly string[];
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
  /** `file`: the flag's value may also be read from a file of this machine (form: a file picker reads its text). */
  from?: 'file';
}

/** A form or a row of flags: catalog fields by name. Left out and `undefined` are the same. */
export type Flat = Record<string, string | number | boolean | string[] | undefined>;

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

function textSchema(field: Field): z.ZodString {
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
