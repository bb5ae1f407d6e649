import type { Field } from '#shared/catalog/field.ts';

type FlagValue = string | number | boolean | readonly string[] | undefined | null;

export interface CommandLine {
  text: string;
  /** Labels of secrets: the program asks for their values. */
  asks: string[];
}

/** What a person would type to do the same; null clears. Secrets never get into it: the line has the program ask. */
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
    const field = kinds.get(name);
    if (value === undefined || value === '') continue;
    if (value === null) printed.push(`--clear ${name}`);
    else if (field?.kind === 'secret') {
      asks.push(field.label);
      printed.push(`--${name}-prompt`);
    } else if (field?.from === 'file') printed.push(`--${name}-file ${name}.pem`);
    else printed.push(...flag(name, value));
  }
  return {
    text: ['trustkeep', words, ...(positional === '' ? [] : [quote(positional)]), ...printed].join(' '),
    asks,
  };
}

function flag(name: string, value: Exclude<FlagValue, undefined | null>): string[] {
  if (value === true) return [`--${name}`];
  if (value === false) return [`--no-${name}`];
  if (typeof value === 'object' && value.length === 0) return [`--${name} ''`];
  if (typeof value === 'object') return value.map((one) => `--${name} ${quote(one)}`);
  return [`--${name} ${quote(String(value))}`];
}

/** For a POSIX command interpreter. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
