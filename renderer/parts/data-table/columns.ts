import type { ReactNode } from 'react';

/** A column as a screen describes it. */
export interface Column<Row> {
  id: string;
  header: string;
  /** What it is sorted by, and found by when `text` is left out. */
  value(row: Row): string | number | null;
  /** What a search looks in, when it is not the value. */
  text?(row: Row): string;
  /** What rows are filtered and grouped by, as people read it: a state, a kind, a name that many rows share. */
  choice?(row: Row): string;
  /** What is drawn, when it is not the value. */
  cell?(row: Row): ReactNode;
  /** What is exported, when it is neither the choice nor the value. */
  exported?(row: Row): Exported;
  /** The value is a time, epoch milliseconds: exported as a date that every program reads. */
  time?: boolean;
  /** CSS width; left out: a share of the rest. */
  width?: string;
  /** Left out in small windows. */
  wideOnly?: boolean;
  /** Shown only when a person chooses it. */
  hidden?: boolean;
  /** Drawn but neither sorted, searched nor exported: buttons. */
  plain?: boolean;
}

export type Exported = string | number | boolean | null | readonly string[];

/** All that a search finds of a row, in lower case. */
export function searchText<Row>(row: Row, columns: readonly Column<Row>[]): string {
  return columns
    .filter((column) => !column.plain)
    .map((column) => (column.text ? column.text(row) : String(column.value(row) ?? '')))
    .join('\n')
    .toLowerCase();
}

/** The words of a search, in lower case. A row is found when every one of them is somewhere in its text. */
export function wordsOf(search: string): string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean);
}

export function exportedOf<Row>(row: Row, column: Column<Row>): Exported {
  if (column.exported) return column.exported(row);
  if (column.choice) return column.choice(row);
  const value = column.value(row);
  return column.time && typeof value === 'number' ? new Date(value).toISOString() : value;
}
