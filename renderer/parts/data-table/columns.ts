import type { ReactNode } from 'react';

/** A column as a screen describes it. */
export interface Column<Row> {
  id: string;
  header: string;
  /** What it is sorted by, and found by when `text` is left out. */
  value(row: Row): string | number | null;
  /** What a search looks in, when it is not the value. */
  text?(row: Row): string;
  /** What is drawn, when it is not the value. */
  cell?(row: Row): ReactNode;
  /** CSS width; left out: a share of the rest. */
  width?: string;
  /** Left out in small windows. */
  wideOnly?: boolean;
  /** Drawn but neither sorted nor searched: buttons. */
  plain?: boolean;
}

/** Every word must be somewhere in the row. */
export function matches<Row>(row: Row, columns: readonly Column<Row>[], search: string): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const hay = columns
    .filter((column) => !column.plain)
    .map((column) => (column.text ? column.text(row) : String(column.value(row) ?? '')))
    .join('\n')
    .toLowerCase();
  return words.every((word) => hay.includes(word));
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Numbers by size, text as people sort it, nothing first. */
export function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}
