import { useState } from 'react';
import type { Line } from './arrange.ts';

/** Which rows are selected. Only those in the list as it is found now count: what is out of sight is not acted on. */
export interface Selection {
  has(key: string): boolean;
  /** Of the found rows. */
  count: number;
  toggle(key: string): void;
  /** From the row where a range began last, else from `from`, to this one, and nothing else. */
  extend(key: string, from?: string): void;
  all(): void;
  none(): void;
}

interface State {
  keys: ReadonlySet<string>;
  /** Where a range begins. */
  anchor: string | null;
}

const nothing: State = { keys: new Set(), anchor: null };

/** `found` are the keys of all rows that could be selected, those of folded groups too; `lines` is what a range goes along. */
export function useSelection<Row>(found: readonly string[], lines: readonly Line<Row>[]): Selection {
  const [{ keys, anchor }, set] = useState(nothing);
  return {
    has: (key) => keys.has(key),
    count: keys.size === 0 ? 0 : found.reduce((count, key) => count + (keys.has(key) ? 1 : 0), 0),
    toggle: (key) => {
      const next = new Set(keys);
      if (!next.delete(key)) next.add(key);
      set({ keys: next, anchor: key });
    },
    extend: (key, from = key) => {
      const start = anchor ?? from;
      const ends = [start, key].map((one) => lines.findIndex((line) => line.key === one));
      const range = lines.slice(Math.max(0, Math.min(...ends)), Math.max(...ends) + 1);
      const rows = range.filter((line) => line.kind === 'row').map((line) => line.key);
      set({ keys: new Set(ends.includes(-1) ? [key] : rows), anchor: start });
    },
    all: () => set({ keys: new Set(found), anchor }),
    none: () => set(nothing),
  };
}
