import type { Field } from '#shared/catalog/field.ts';

export type FlagValue = string | number | boolean | readonly string[] | undefined | null;

export interface CommandLine {
  text: string;
  /** Flags whose value is secret: left out, the program asks for them. */
  asks: string[];
}

/** What a person would type to do the same. Secrets never get into it. */
export function commandLine(
  words: string,
  positional: string,
  flags: Readonly<Record<string, FlagValue>>,
  fields: readonly Field[] = [],
): CommandLine {
  const kinds = new Map(fields.map((field) => [field.name, field]));
  const asks: string[] = [];
  const printed: string[] = [];
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined || value === null || value === '') continue;
    const field = kinds.get(name);
    if (field?.kind === 'secret') asks.push(field.label);
    else if (field?.from === 'file') printed.push(`--${name} ${filePlaceholder}`);
    else printed.push(...flag(name, value));
  }
  return { text: ['trustkeep', words, quote(positional), ...printed].join(' '), asks };
}

const filePlaceholder = '@file.pem';

function flag(name: string, value: Exclude<FlagValue, undefined | null>): string[] {
  if (value === true) return [`--${name}`];
  if (value === false) return [`--no-${name}`];
  if (typeof value === 'object') return value.map((one) => `--${name} ${quote(one)}`);
  return [`--${name} ${quote(String(value))}`];
}

/** For a POSIX command interpreter. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
