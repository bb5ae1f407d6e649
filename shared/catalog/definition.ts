import { z } from 'zod';
import type { Descriptor } from './descriptor.ts';
import { type Field, type Flat, type FlatValue, inputShape } from './field.ts';

/** What one entry of any table of providers has: its name, and the settings that are stored of it. */
interface Entry {
  id: string;
  settings: z.ZodObject;
}

/**
 * The table of one family: each entry under its own id, in the order in which people read them. The one place besides
 * its own folders where a provider is named.
 */
export function table<const T extends { [K in keyof T]: Entry & { id: K } }>(entries: T): T {
  return entries;
}

/** The ids of a table, as a schema. */
export function idsOf<D extends Entry>(entries: Record<string, D>): z.ZodEnum<{ [I in D['id']]: I }> {
  return z.enum(Object.values(entries).map((entry): D['id'] => entry.id));
}

/** The settings of any entry of a table, told apart by `key`. */
export function settingsOf<K extends string, D extends Entry>(key: K, entries: Record<string, D>) {
  const [first, ...others] = Object.values(entries).map((entry): D['settings'] => entry.settings);
  if (first === undefined) throw new Error('A table of providers has at least one entry.');
  return z.discriminatedUnion(key, [first, ...others]);
}

/** What `add` of a family takes: every field of one of its entries, by name. Those of `R`, which are text, are always there. */
export type AddInput<K extends string, I extends string, R extends string> = Record<K, I> &
  Record<R, string> &
  Flat;

/** One fact of stored settings, as people are shown it. */
export interface Fact {
  label: string;
  /** Null: nothing was given, which is shown only when `none` says what that means. */
  value: string | null;
  none: string | null;
  /** How it is drawn: a `choice` by its word, a `path` and an `address` in fixed width, `words` are ours. */
  kind: Field['kind'] | 'address' | 'words';
}

/** What stored settings say, by the fields they were given in. Names and secrets are not among them. */
export function fieldFacts(fields: readonly Field[], flat: Flat): Fact[] {
  return fields.flatMap((field) => {
    const value = shownValue(field, flat[field.name]);
    const none = field.none ?? null;
    const kind = field.address ? 'address' : isWords(field) ? 'words' : field.kind;
    return value === null && none === null ? [] : [{ label: field.label, value, none, kind }];
  });
}

/** What is shown in place of the value. */
function isWords({ from, kind, labels }: Field): boolean {
  return from === 'file' || kind === 'boolean' || labels !== undefined;
}

function shownValue(field: Field, value: FlatValue): string | null {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return null;
  if (field.from === 'file') return 'system roots and custom roots';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return field.labels?.[text] ?? text;
}

/** The strict input of `add`: all fields of one entry of a table, told apart by `key`. */
export function addInputOf<K extends string>(key: K, entries: Record<string, Descriptor>) {
  const [first, ...others] = Object.values(entries).map((entry) => addShape(key, entry));
  if (first === undefined) throw new Error('A table of providers has at least one entry.');
  return z.discriminatedUnion(key, [first, ...others]);
}

function addShape<K extends string>(key: K, { id, fields }: Descriptor) {
  return z.object({ [key]: z.literal(id), ...inputShape(fields) }).strict();
}
