import { type Column, searchText, wordsOf } from './columns.ts';
import { compare } from './order.ts';

/** Choices that are wanted, by column; a column that is not named leaves all rows. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** One line of a table: a row, or the heading of a group of rows. */
export type Line<Row> =
  | { kind: 'row'; key: string; row: Row }
  | { kind: 'group'; key: string; label: string; rows: readonly Row[]; folded: boolean };

/** Rows with the text that a search looks in, which is made once, at the first search. */
export class Searchable<Row> {
  readonly rows: readonly Row[];
  readonly #columns: readonly Column<Row>[];
  #texts: string[] | null = null;

  constructor(rows: readonly Row[], columns: readonly Column<Row>[]) {
    this.rows = rows;
    this.#columns = columns;
  }

  /** Those that have every word of the search and a wanted choice in each column that is filtered by. */
  found(search: string, filters: Filters): readonly Row[] {
    const words = wordsOf(search);
    const wanted = this.#wanted(filters);
    if (words.length === 0 && wanted.length === 0) return this.rows;
    const texts = words.length === 0 ? null : this.#allTexts();
    return this.rows.filter(
      (row, at) =>
        wanted.every(({ column, choices }) => choices.has(column.choice?.(row) ?? '')) &&
        (texts === null || words.every((word) => texts[at]?.includes(word))),
    );
  }

  /** The choices of a column with how many rows have each: the most frequent first. */
  choices(column: Column<Row>): readonly (readonly [choice: string, count: number])[] {
    const counts = new Map<string, number>();
    for (const row of this.rows) {
      const choice = column.choice?.(row) ?? '';
      counts.set(choice, (counts.get(choice) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
  }

  #allTexts(): string[] {
    this.#texts ??= this.rows.map((row) => searchText(row, this.#columns));
    return this.#texts;
  }

  #wanted(filters: Filters): { column: Column<Row>; choices: ReadonlySet<string> }[] {
    return this.#columns.flatMap((column) => {
      const choices = filters[column.id] ?? [];
      return choices.length === 0 || column.choice === undefined
        ? []
        : [{ column, choices: new Set(choices) }];
    });
  }
}

/** What is drawn below each other: rows, under the headings of their groups when there is a column to group by. */
export function linesOf<Row>(
  rows: readonly Row[],
  by: Column<Row> | undefined,
  folded: readonly string[],
  rowKey: (row: Row) => string,
): readonly Line<Row>[] {
  const line = (row: Row): Line<Row> => ({ kind: 'row', key: rowKey(row), row });
  if (by?.choice === undefined) return rows.map(line);
  const groups = Map.groupBy(rows, (row) => by.choice?.(row) ?? '');
  return [...groups]
    .sort((a, b) => compareGroups(by, a, b))
    .flatMap(([label, members]): Line<Row>[] => {
      const away = folded.includes(label);
      const heading = { kind: 'group', key: `group:${label}`, label, rows: members, folded: away } as const;
      return away ? [heading] : [heading, ...members.map(line)];
    });
}

type Group<Row> = readonly [label: string, rows: readonly Row[]];

/** As the column sorts; groups whose first rows are equal there by their names. */
function compareGroups<Row>(by: Column<Row>, a: Group<Row>, b: Group<Row>): number {
  const [left, right] = [a[1][0], b[1][0]];
  const values =
    left === undefined || right === undefined ? 0 : compareNumbers(by.value(left), by.value(right));
  return values || compare(a[0], b[0]);
}

const compareNumbers = (a: string | number | null, b: string | number | null): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : 0;
