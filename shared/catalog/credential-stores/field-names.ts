import { z } from 'zod';
import type { Field, Flat } from '../field.ts';
import { invalid, lines } from '../flat.ts';

const parts = ['username', 'password', 'privatekey', 'passphrase', 'domain'] as const;
export type CredentialPart = (typeof parts)[number];

/** Which field of a secret holds which part of a credential; a part that is not named is looked for under the usual names. */
export const fieldNames = z.partialRecord(z.enum(parts), z.string().min(1).max(200));
export type FieldNames = z.infer<typeof fieldNames>;

export const fieldNamesField = {
  name: 'fields',
  label: 'Field names',
  help: 'Fields of a secret that hold the parts of a login, one per line, for example password=db_pass. Parts: username, password, privatekey, passphrase, domain. Default: the usual names.',
  kind: 'lines',
  advanced: true,
} as const satisfies Field;

/** `password=db_pass` for each part that is named; undefined: none is. */
export function flatFieldNames(named: FieldNames): string[] | undefined {
  const all = parts.flatMap((part) => (named[part] === undefined ? [] : [`${part}=${named[part]}`]));
  return all.length === 0 ? undefined : all;
}

/** Throws `input.invalid` for a line that is not `part=field`, and for a part that is named twice. */
export function fieldNamesOf(flat: Flat): FieldNames {
  const named: FieldNames = {};
  for (const line of lines(flat, fieldNamesField.name)) {
    const at = line.indexOf('=');
    const part = parts.find((one) => one === line.slice(0, at).trim().toLowerCase());
    const field = line.slice(at + 1).trim();
    if (at < 1 || part === undefined || field === '' || field.length > 200)
      throw invalid(
        `"${line.slice(0, 100)}" does not name a field.`,
        `Write part=field, for example password=db_pass. Parts: ${parts.join(', ')}.`,
      );
    if (named[part] !== undefined)
      throw invalid(`Two fields are named for ${part}.`, 'Name one field for each part.');
    named[part] = field;
  }
  return named;
}
