import { z } from 'zod';
import type { Column } from './columns.ts';
import type { Sort } from './order.ts';

/** What a person chose about the columns of one list; remembered. IDs that are no longer columns are left alone. */
export const layout = z.object({
  /** In their order; those that are not named come behind them. The first column of a list stays the first. */
  order: z.array(z.string()).catch([]),
  /** Shown or not, where a person chose. */
  shown: z.record(z.string(), z.boolean()).catch({}),
  /** Null: as the list comes. */
  sorts: z
    .array(z.object({ column: z.string(), descending: z.boolean() }))
    .nullable()
    .catch(null),
  group: z.string().nullable().catch(null),
});
export type Layout = z.infer<typeof layout>;

export const untouched: Layout = { order: [], shown: {}, sorts: null, group: null };

/** All columns in the chosen order. */
export function ordered<Row>(columns: readonly Column<Row>[], { order }: Layout): readonly Column<Row>[] {
  const [first, ...rest] = columns;
  if (first === undefined) return columns;
  const place = ({ id }: Column<Row>): number => {
    const at = order.indexOf(id);
    return at === -1 ? order.length : at;
  };
  return [first, ...rest.sort((a, b) => place(a) - place(b))];
}

/** The first column leads to the row and is always there. */
export function isShown<Row>(column: Column<Row>, at: number, { shown }: Layout): boolean {
  return at === 0 || (shown[column.id] ?? column.hidden !== true);
}

/** One place further, `by` +1 or -1, never before the first column. */
export function moved<Row>(
  columns: readonly Column<Row>[],
  chosen: Layout,
  id: string,
  by: 1 | -1,
): readonly string[] {
  const ids = ordered(columns, chosen).map((column) => column.id);
  const at = ids.indexOf(id);
  const to = at + by;
  if (at < 1 || to < 1 || to >= ids.length) return chosen.order;
  ids.splice(to, 0, ...ids.splice(at, 1));
  return ids.slice(1);
}

/** By this column alone, or by it besides the others; the one that is sorted by turns round. */
export function sortedBy(sorts: readonly Sort[], column: string, besides: boolean): Sort[] {
  const before = sorts.find((sort) => sort.column === column);
  const next = { column, descending: before !== undefined && !before.descending };
  if (!besides) return [next];
  return before === undefined ? [...sorts, next] : sorts.map((sort) => (sort === before ? next : sort));
}
