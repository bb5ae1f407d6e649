import { z } from 'zod';
import type { Chance } from '../random.ts';
import { oddValue } from './odd-values.ts';

/** What fields are filled with. */
export interface Words {
  /** A value for a field of this name; undefined: none is known. */
  text(name: string, chance: Chance): string | undefined;
  number(name: string, chance: Chance): number | undefined;
  /** The fields that a record of changes may name, with their schemas. */
  changes(path: string): Readonly<Record<string, z.core.$ZodType>>;
  /** Stands in every field that is secret. */
  secret: string;
}

interface Place {
  /** Of the procedure: `endpoints.update`. */
  path: string;
  /** Of the field. */
  name: string;
}

/** A value that the schema takes, or would but for a rule that only its text tells. */
export function fitting(schema: z.core.$ZodType, at: Place, chance: Chance, words: Words): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return fitting(schema.unwrap(), at, chance, words);
  if (schema instanceof z.ZodObject) return objectOf(schema.shape, at, chance, words);
  if (schema instanceof z.ZodDiscriminatedUnion)
    return fitting(chance.pick(schema.options), at, chance, words);
  if (schema instanceof z.ZodArray)
    return Array.from({ length: chance.int(4) }, () => fitting(schema.element, at, chance, words));
  if (schema instanceof z.ZodRecord) return changesOf(at, chance, words);
  if (schema instanceof z.ZodEnum) return chance.pick(schema.options);
  if (schema instanceof z.ZodLiteral) return [...schema.values][0];
  if (schema instanceof z.ZodBoolean) return chance.int(2) === 0;
  if (schema instanceof z.ZodNumber) return numberOf(schema, at.name, chance, words);
  if (schema instanceof z.ZodString) return textOf(schema, at.name, chance, words);
  return oddValue(chance);
}

/** With most of its optional members, with some, or with few: many exclude each other. */
function objectOf(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  { path }: Place,
  chance: Chance,
  words: Words,
): Record<string, unknown> {
  const oneIn = chance.pick([8, 3, 1]);
  const chosen = Object.entries(shape).filter(
    ([, member]) => !(member instanceof z.ZodOptional) || chance.int(oneIn) === 0,
  );
  return Object.fromEntries(
    chosen.map(([name, member]) => [name, fitting(member, { path, name }, chance, words)]),
  );
}

/** A few of the fields; `null` clears one. */
function changesOf({ path }: Place, chance: Chance, words: Words): Record<string, unknown> {
  const known = words.changes(path);
  const names = Object.keys(known);
  if (names.length === 0) return {};
  const chosen = Array.from({ length: 1 + chance.int(4) }, () => chance.pick(names));
  return Object.fromEntries(
    chosen.map((name) => {
      const schema = known[name];
      const clears = schema === undefined || chance.int(8) === 0;
      return [name, clears ? null : fitting(schema, { path, name }, chance, words)];
    }),
  );
}

function numberOf(schema: z.ZodNumber, name: string, chance: Chance, words: Words): number {
  const known = words.number(name, chance);
  if (known !== undefined) return known;
  const [least, most] = [schema.minValue ?? 0, schema.maxValue ?? 1000].map((one) =>
    Math.min(Math.max(Number(one), -1_000_000), 1_000_000),
  );
  return chance.pick([
    least ?? 0,
    most ?? 1000,
    (least ?? 0) + 1,
    Math.round(((least ?? 0) + (most ?? 0)) / 2),
  ]);
}

function textOf(schema: z.ZodString, name: string, chance: Chance, words: Words): string {
  if (z.globalRegistry.get(schema)?.secret === true) return words.secret;
  const text =
    words.text(name, chance) ?? chance.pick(['web', 'a', 'shop.example', '1', 'Größe', 'two words']);
  const longest = schema.maxLength ?? 300;
  return chance.int(20) === 0 ? text.padEnd(Math.min(longest, 70_000), 'x') : text;
}
