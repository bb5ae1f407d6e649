import { z } from 'zod';

/** One place in a value that a field of its schema says, with other values that the schema takes there as well. */
export interface Occurrence {
  /** Of the field: `install.changes[]<file>.before.size`. */
  field: string;
  /** Of the place: `['install', 'changes', 0, 'before', 'size']`. */
  at: readonly (string | number)[];
  others: readonly unknown[];
}

/**
 * Every field of a schema by name. `[]` is any entry of a list, `{}` of a record, `<x>` the member `x` of a union; `?` is
 * whether there is a value at all, `#` how many there are. Words that only say which member it is are no fields.
 */
export function fieldsOf(schema: z.core.$ZodType, name = ''): string[] {
  const kind = plain(schema);
  if (kind instanceof z.ZodNullable) return [`${name}?`, ...fieldsOf(kind.unwrap(), name)];
  if (kind instanceof z.ZodObject)
    return Object.entries(kind.shape).flatMap(([key, member]) => fieldsOf(member, joined(name, key)));
  if (kind instanceof z.ZodArray) return [`${name}#`, ...fieldsOf(kind.element, `${name}[]`)];
  if (kind instanceof z.ZodRecord) return [`${name}#`, ...fieldsOf(kind.valueType, `${name}{}`)];
  if (kind instanceof z.ZodDiscriminatedUnion)
    return kind.options.flatMap((member) => fieldsOf(member, `${name}<${tagOf(kind, member)}>`));
  return kind instanceof z.ZodLiteral && kind.values.size === 1 ? [] : [name];
}

/** Every place of a value with what else could stand there. */
export function occurrencesIn(
  schema: z.core.$ZodType,
  value: unknown,
  field = '',
  at: readonly (string | number)[] = [],
): Occurrence[] {
  if (value === undefined && schema instanceof z.ZodOptional) return [];
  const kind = plain(schema);
  if (kind instanceof z.ZodNullable)
    return value === null
      ? []
      : [{ field: `${field}?`, at, others: [null] }, ...occurrencesIn(kind.unwrap(), value, field, at)];
  if (kind instanceof z.ZodObject) {
    const members = recordOf(value);
    return Object.entries(kind.shape).flatMap(([key, member]) =>
      occurrencesIn(member, members[key], joined(field, key), [...at, key]),
    );
  }
  if (kind instanceof z.ZodArray) {
    const list: unknown[] = Array.isArray(value) ? value : [];
    const fewer = list.length === 0 ? [] : [list.slice(0, -1)];
    const inner = list.flatMap((one, i) => occurrencesIn(kind.element, one, `${field}[]`, [...at, i]));
    return [{ field: `${field}#`, at, others: [...fewer, [...list, ...list.slice(-1)]] }, ...inner];
  }
  if (kind instanceof z.ZodRecord) {
    const entries = Object.entries(recordOf(value));
    const inner = entries.flatMap(([key, one]) =>
      occurrencesIn(kind.valueType, one, `${field}{}`, [...at, key]),
    );
    return [{ field: `${field}#`, at, others: [Object.fromEntries(entries.slice(1))] }, ...inner];
  }
  if (kind instanceof z.ZodDiscriminatedUnion) {
    const tag = recordOf(value)[kind.def.discriminator];
    const member = kind.options.find((one) => tagOf(kind, one) === tag);
    return member === undefined ? [] : occurrencesIn(member, value, `${field}<${String(tag)}>`, at);
  }
  return [{ field, at, others: otherThan(kind, value) }].filter(({ others }) => others.length > 0);
}

/** The places of each field. */
export function byField(occurrences: readonly Occurrence[]): Map<string, Occurrence[]> {
  const found = new Map<string, Occurrence[]>();
  for (const one of occurrences) found.set(one.field, [...(found.get(one.field) ?? []), one]);
  return found;
}

/** A copy of `value` with `other` at that place. */
export function withOther<T>(value: T, at: readonly (string | number)[], other: unknown): T {
  const holder: { root: T } = structuredClone({ root: value });
  const path = ['root', ...at];
  let place: Record<string | number, unknown> = holder;
  for (const key of path.slice(0, -1)) place = recordOf(place[key]);
  place[path.at(-1) ?? 'root'] = other;
  return holder.root;
}

function plain(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return plain(schema.unwrap());
  return schema;
}

function otherThan(kind: z.core.$ZodType, value: unknown): unknown[] {
  if (kind instanceof z.ZodLiteral) return [...kind.values].filter((one) => one !== value);
  if (kind instanceof z.ZodEnum) return kind.options.filter((one) => one !== value).slice(0, 1);
  if (typeof value === 'string') return [`${value}x`];
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'boolean') return [!value];
  return value === undefined ? [] : ['another value'];
}

function tagOf(union: z.ZodDiscriminatedUnion, member: z.core.$ZodType): string {
  const word = member instanceof z.ZodObject ? member.shape[union.def.discriminator] : undefined;
  if (word instanceof z.ZodLiteral) return String([...word.values][0]);
  throw new Error('a member of a union without its word');
}

function recordOf(value: unknown): Record<string | number, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`no object: ${JSON.stringify(value)}`);
  return value as Record<string | number, unknown>;
}

const joined = (name: string, key: string): string => (name === '' ? key : `${name}.${key}`);
